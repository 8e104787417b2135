import type { HistoryEvent } from '@perdure/proto/json-types';
import { call } from '../../api/client.ts';
import { isTransient } from '../../api/errors.ts';
import { type EventGroup, Grouping } from './groups.ts';

export interface HistoryState {
  readonly events: readonly HistoryEvent[];
  readonly groups: readonly EventGroup[];
  /** Whether all events up to the present are here; later ones come by themselves. */
  readonly isComplete: boolean;
  /** Whether the run has closed, so that nothing more will come. */
  readonly isClosed: boolean;
  readonly error: unknown;
}

const pageSize = 1000;
const pauseAfterErrorMs = 2000;

/**
 * Reads one run's history: pages until the present, then a long poll that brings each new event as it is written. One
 * request is under way at any time, and none once the run has closed.
 */
export class HistoryLoader {
  #state: HistoryState = { events: [], groups: [], isComplete: false, isClosed: false, error: undefined };
  readonly #byId = new Map<string, HistoryEvent>();
  readonly #grouping = new Grouping();
  readonly #listeners = new Set<() => void>();
  readonly #run: { readonly namespace: string; readonly workflowId: string; readonly runId: string };
  #abort: AbortController | undefined;
  #token: string | undefined;

  constructor(run: { readonly namespace: string; readonly workflowId: string; readonly runId: string }) {
    this.#run = run;
  }

  readonly get = (): HistoryState => this.#state;

  /** Loads while somebody listens. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#abort === undefined && !this.#state.isClosed) void this.#load();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#abort?.abort();
      this.#abort = undefined;
    };
  };

  async #load(): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    while (!abort.signal.aborted && !this.#state.isClosed) {
      try {
        await this.#readPage(abort.signal);
      } catch (error) {
        if (abort.signal.aborted) return;
        this.#change({ error });
        if (!isTransient(error)) return;
        await new Promise((resolve) => setTimeout(resolve, pauseAfterErrorMs));
      }
    }
    if (this.#abort === abort) this.#abort = undefined;
  }

  async #readPage(signal: AbortSignal): Promise<void> {
    const { namespace, workflowId, runId } = this.#run;
    const reply = await call(
      'GetWorkflowExecutionHistory',
      {
        namespace,
        execution: { workflowId, runId },
        maximumPageSize: pageSize,
        waitNewEvent: true,
        nextPageToken: this.#token,
      },
      { signal },
    );
    const events = reply.history?.events ?? [];
    const isClosed = (reply.nextPageToken ?? '') === '';
    this.#token = reply.nextPageToken;
    for (const event of events) this.#add(event);
    const isFull = events.length >= pageSize;
    const isComplete = isClosed || !isFull;
    if (events.length === 0 && !isClosed && this.#state.isComplete && this.#state.error === undefined) return;
    // Who shows a history goes through all of it: shown at each fourfold, a long one costs little more than its length.
    if (!isComplete && this.#state.error === undefined && this.#byId.size < this.#state.events.length * 4) return;
    this.#change({
      events: [...this.#byId.values()],
      groups: this.#grouping.groups(),
      isComplete,
      isClosed,
      error: undefined,
    });
  }

  /** A page may come twice. */
  #add(event: HistoryEvent): void {
    const id = event.eventId ?? '';
    if (this.#byId.has(id)) return;
    this.#byId.set(id, event);
    this.#grouping.add(event);
  }

  #change(change: Partial<HistoryState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
