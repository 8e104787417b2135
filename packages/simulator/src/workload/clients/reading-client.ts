import { HistoryEventFilterType } from '@perdure/proto/enums';
import type { HistoryEvent } from '@perdure/proto/types';
import { hold } from '../../kernel/violation.ts';
import { Client } from './client.ts';

interface KnownRun {
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
}

const LONG_POLL = { timeoutMs: 40_000, poll: true } as const;

/** Reads histories page by page, forward and in reverse, and follows them by long polls. What was acknowledged is found. */
export class ReadingClient extends Client {
  protected override readonly pauseMaxMs = 800;
  readonly #readBefore = new Map<string, readonly HistoryEvent[]>();

  protected override async act(): Promise<void> {
    const run = this.someRun();
    if (run === undefined) return;
    const manner = this.random.weighted({ forward: 4, reverse: 2, follow: 2, close: 2 });
    this.context.facts.count(`read ${manner}`);
    if (manner === 'forward') await this.#readForward(run, false);
    else if (manner === 'follow') await this.#readForward(run, true);
    else if (manner === 'reverse') await this.#readReverse(run);
    else await this.#awaitClose(run);
  }

  async #readForward(run: KnownRun, waitNewEvent: boolean): Promise<void> {
    const { namespace, workflowId, runId } = run;
    const events: HistoryEvent[] = [];
    let nextPageToken: Uint8Array = new Uint8Array(0);
    const maximumPageSize = this.random.pick([0, 1, 2, 5]);
    for (let page = 0; page < 30; page++) {
      const request = { namespace, execution: { workflowId, runId }, nextPageToken, maximumPageSize, waitNewEvent };
      const outcome = await this.call('GetWorkflowExecutionHistory', request, waitNewEvent ? LONG_POLL : {});
      if (outcome.kind !== 'reply') return;
      this.#extend(run, events, outcome.message.history?.events ?? []);
      nextPageToken = outcome.message.nextPageToken ?? new Uint8Array(0);
      if (nextPageToken.length === 0) break;
    }
    this.#compareWithBefore(run, events);
  }

  /** Adds the events of a page. Behind the recorded ones a page may hold those of a task that are not recorded yet. */
  #extend(run: KnownRun, events: HistoryEvent[], page: readonly HistoryEvent[]): void {
    for (const event of page) {
      const isUnrecorded = event.eventId === events.length;
      const fits = event.eventId === events.length + 1 || isUnrecorded || isTaskEvent(events.at(-1));
      hold(fits, 4, () => `${run.workflowId}/${run.runId}: read event ${event.eventId} after ${events.length}`);
      events.length = (event.eventId ?? 1) - 1;
      events.push(event);
    }
  }

  #compareWithBefore(run: KnownRun, events: readonly HistoryEvent[]): void {
    const before = this.#readBefore.get(run.runId) ?? [];
    for (const [index, event] of before.entries()) {
      const now = events[index];
      if (now === undefined || isTaskEvent(event)) continue;
      const same = now.eventType === event.eventType && now.eventTime?.nanos === event.eventTime?.nanos;
      hold(same, 5, () => `${run.workflowId}/${run.runId}: event ${event.eventId} has changed`);
    }
    if (events.length >= before.length) this.#readBefore.set(run.runId, events);
  }

  async #readReverse(run: KnownRun): Promise<void> {
    const { namespace, workflowId, runId } = run;
    const maximumPageSize = this.random.pick([0, 1, 3]);
    let nextPageToken: Uint8Array = new Uint8Array(0);
    let last: number | undefined;
    do {
      const request = { namespace, execution: { workflowId, runId }, nextPageToken, maximumPageSize };
      const outcome = await this.call('GetWorkflowExecutionHistoryReverse', request);
      if (outcome.kind !== 'reply') return;
      for (const { eventId = 0 } of outcome.message.history?.events ?? []) {
        hold(last === undefined || eventId === last - 1, 4, () => `${runId} in reverse: ${eventId} after ${last}`);
        last = eventId;
      }
      nextPageToken = outcome.message.nextPageToken ?? new Uint8Array(0);
    } while (nextPageToken.length > 0);
    hold(last === 1, 4, () => `${runId} in reverse ends with event ${last}`);
  }

  async #awaitClose(run: KnownRun): Promise<void> {
    const { namespace, workflowId, runId } = run;
    let nextPageToken: Uint8Array = new Uint8Array(0);
    for (let tries = 0; tries < 3; tries++) {
      const outcome = await this.call(
        'GetWorkflowExecutionHistory',
        {
          namespace,
          execution: { workflowId, runId },
          nextPageToken,
          waitNewEvent: true,
          historyEventFilterType: HistoryEventFilterType.CloseEvent,
        },
        LONG_POLL,
      );
      if (outcome.kind !== 'reply' || (outcome.message.history?.events ?? []).length > 0) return;
      nextPageToken = outcome.message.nextPageToken ?? new Uint8Array(0);
    }
  }
}

/** Events of a workflow task that is not over may be those of an attempt that no history records. */
function isTaskEvent(event: HistoryEvent | undefined): boolean {
  return (
    event?.workflowTaskScheduledEventAttributes !== undefined || event?.workflowTaskStartedEventAttributes !== undefined
  );
}
