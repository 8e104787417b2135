import { isOpen, isRejection, type Rejection } from '@perdure/core';
import { HistoryEventFilterType } from '@perdure/proto/enums';
import type { HistoryEvent, PollWorkflowTaskQueueResponse } from '@perdure/proto/types';
import { StoreError } from '@perdure/storage';
import { hold, Violation } from '../kernel/violation.ts';
import { fromPayloads } from '../model/payload.ts';
import type { MethodName, ReplyOf, RequestOf, Tap } from '../network/network.ts';
import type { DurableLog } from './durable-log.ts';
import type { Marked, Marks } from './marks.ts';
import { describeEvent, nameOf, type RunRecord } from './run-record.ts';
import { difference } from './same-state.ts';

type Rule<Name extends MethodName> = (request: RequestOf<Name>, reply: ReplyOf<Name>, noted: unknown) => void;
type Rules = { readonly [Name in MethodName]?: Rule<Name> };

/** Every how many events of a history that is read are compared in full; the others by id, type and time. */
const COMPARED_EVERY = 5;

/**
 * No answer leaves before what it says is durable: checked at the moment at which it leaves the server, against what is
 * durable then. A crash right after it changes nothing.
 */
export class ReplyRules implements Tap {
  readonly #log: DurableLog;
  readonly #marks: Marks;
  readonly #namespaceIds: ReadonlyMap<string, string>;
  readonly #fail: (error: unknown) => void;
  readonly #acceptedTokens = new Set<string>();
  readonly #rules: Rules;

  constructor(options: {
    readonly log: DurableLog;
    readonly marks: Marks;
    /** Ids of namespaces by name. */
    readonly namespaceIds: ReadonlyMap<string, string>;
    readonly fail: (error: unknown) => void;
  }) {
    this.#log = options.log;
    this.#marks = options.marks;
    this.#namespaceIds = options.namespaceIds;
    this.#fail = options.fail;
    this.#rules = this.#makeRules();
  }

  onRequest(name: MethodName, request: object): unknown {
    if (name !== 'GetWorkflowExecutionHistory') return undefined;
    const { execution } = request as RequestOf<typeof name>;
    return this.#log.find(execution?.runId ?? '')?.events.length;
  }

  onReply(name: MethodName, request: object, reply: object | Rejection, noted: unknown): void {
    if (isRejection(reply)) this.#checkRefusal(reply);
    else (this.#rules[name] as Rule<never> | undefined)?.(request as never, reply as never, noted);
  }

  onError(name: MethodName, error: unknown): void {
    if (error instanceof StoreError) return;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#fail(error instanceof Violation ? error : new Violation(0, `${name} throws ${text}`));
  }

  #makeRules(): Rules {
    return {
      StartWorkflowExecution: (request, { runId, started, eagerWorkflowTask }) => {
        this.#checkStarted(runId, started === true ? request.requestId : undefined);
        if (eagerWorkflowTask !== undefined) this.#checkTask(request.namespace, eagerWorkflowTask);
      },
      SignalWithStartWorkflowExecution: (request, { runId, started }) => {
        const run = this.#checkStarted(runId, started === true ? request.requestId : undefined);
        this.#checkSignal(run, request.requestId);
      },
      SignalWorkflowExecution: (request, { link }) => {
        this.#checkSignal(this.#durable(link?.workflowEvent?.runId, 'signaled'), request.requestId);
      },
      RequestCancelWorkflowExecution: (request) => this.#checkCancelRequested(request),
      TerminateWorkflowExecution: (request) => this.#checkTerminated(request),
      PollWorkflowTaskQueue: (request, reply) => this.#checkTask(request.namespace, reply),
      PollActivityTaskQueue: (request, reply) => this.#checkRun(request.namespace, reply.workflowExecution?.runId),
      RespondWorkflowTaskCompleted: (request, reply) => {
        this.#acceptToken(request.taskToken);
        if (reply.workflowTask !== undefined) this.#checkTask(request.namespace, reply.workflowTask);
      },
      RespondWorkflowTaskFailed: (request) => this.#acceptToken(request.taskToken),
      RespondActivityTaskCompleted: (request) => {
        this.#acceptToken(request.taskToken);
        this.#checkMark((fromPayloads(request.result) as Marked).mark);
      },
      RespondActivityTaskCompletedById: (request) => this.#checkMark((fromPayloads(request.result) as Marked).mark),
      RespondActivityTaskFailed: (request) => {
        this.#acceptToken(request.taskToken);
        this.#checkMark(request.failure?.message ?? '');
      },
      RespondActivityTaskFailedById: (request) => this.#checkMark(request.failure?.message ?? ''),
      RespondActivityTaskCanceled: (request) => {
        this.#acceptToken(request.taskToken);
        this.#checkMark((fromPayloads(request.details) as Marked).mark);
      },
      GetWorkflowExecutionHistory: (request, reply, noted) => this.#checkHistory(request, reply, noted),
      GetWorkflowExecutionHistoryReverse: (request, reply) => {
        const run = this.#durable(request.execution?.runId, 'read');
        this.#checkEvents(run, reply.history?.events ?? []);
      },
      DescribeWorkflowExecution: (request, { workflowExecutionInfo: info }) => {
        const run = this.#checkRun(request.namespace, info?.execution?.runId);
        this.#checkSeen(run, { length: info?.historyLength ?? 0, closed: info?.closeTime !== undefined });
      },
      ListWorkflowExecutions: (request, { executions = [] }) => {
        for (const { execution, closeTime } of executions) {
          const run = this.#checkRun(request.namespace, execution?.runId);
          this.#checkSeen(run, { length: 0, closed: closeTime !== undefined });
        }
      },
    };
  }

  #durable(runId: string | undefined, what: string): RunRecord {
    const run = this.#log.find(runId ?? '');
    hold(run !== undefined, 1, () => `run ${runId} is said to be ${what}, and is not durable`);
    return run;
  }

  #checkStarted(runId: string | undefined, requestId: string | undefined): RunRecord {
    const run = this.#durable(runId, 'started');
    if (requestId !== undefined) {
      const has = run.shadow.lifecycle.requestIds.has(requestId) || isContinued(run);
      hold(has, 1, () => `${nameOf(run)}: start ${requestId} is not durable`);
    }
    return run;
  }

  #checkSignal(run: RunRecord, requestId: string | undefined): void {
    const has = run.shadow.signalRequestIds.has(requestId ?? '');
    hold(has, 1, () => `${nameOf(run)}: signal ${requestId} was acknowledged and is not durable`);
  }

  #checkCancelRequested({ namespace, workflowExecution }: RequestOf<'RequestCancelWorkflowExecution'>): void {
    const runs = this.#runsOf(namespace, workflowExecution?.workflowId);
    const asked = runs.some(({ shadow }) => shadow.lifecycle.cancelRequested || !isOpen(shadow));
    hold(asked, 28, () => `${workflowExecution?.workflowId}: a cancel request was acknowledged and is not durable`);
  }

  #checkTerminated({ namespace, workflowExecution }: RequestOf<'TerminateWorkflowExecution'>): void {
    const { workflowId, runId = '' } = workflowExecution ?? {};
    const runs = runId === '' ? this.#runsOf(namespace, workflowId) : [this.#durable(runId, 'terminated')];
    hold(
      runs.some(({ shadow }) => !isOpen(shadow)),
      28,
      () => `${workflowId}: a termination was acknowledged and is not durable`,
    );
  }

  #runsOf(namespace: string | undefined, workflowId: string | undefined): readonly RunRecord[] {
    return this.#log.runsOf(this.#namespaceIds.get(namespace ?? '') ?? '', workflowId ?? '');
  }

  #acceptToken(token: Uint8Array | undefined): void {
    const text = String.fromCharCode(...(token ?? []));
    hold(!this.#acceptedTokens.has(text), 9, () => 'a task token is accepted a second time');
    this.#acceptedTokens.add(text);
  }

  #checkMark(mark: string): void {
    hold(this.#marks.has(mark), 1, () => `answer ${mark} was acknowledged and is not durable`);
  }

  #checkRun(namespace: string | undefined, runId: string | undefined): RunRecord | undefined {
    if (runId === undefined) return undefined;
    const run = this.#durable(runId, 'there');
    const fits = run.identity.namespaceId === this.#namespaceIds.get(namespace ?? '');
    hold(fits, 37, () => `${nameOf(run)} is shown to ${namespace}`);
    return run;
  }

  /** A task is handed out once its start is durable. */
  #checkTask(namespace: string | undefined, task: PollWorkflowTaskQueueResponse): void {
    const run = this.#checkRun(namespace, task.workflowExecution?.runId);
    if (run === undefined) return;
    this.#checkEvents(run, task.history?.events ?? []);
    if (task.query !== undefined) return;
    const { startedEventId = 0, attempt = 1 } = task;
    const { task: current } = run.shadow;
    const later = run.events.length > startedEventId || current.attempt > attempt || !isOpen(run.shadow);
    const durable = attempt === 1 ? run.events.length >= startedEventId : current.phase === 'started';
    hold(durable || later, 1, () => `${nameOf(run)}: attempt ${attempt} of task ${startedEventId} is not durable`);
  }

  /** All that was durable when the request came is in the last page, and nothing else than what is durable. */
  #checkHistory(
    request: RequestOf<'GetWorkflowExecutionHistory'>,
    reply: ReplyOf<'GetWorkflowExecutionHistory'>,
    noted: unknown,
  ): void {
    const run = this.#durable(request.execution?.runId, 'read');
    const events = reply.history?.events ?? [];
    if (request.historyEventFilterType === HistoryEventFilterType.CloseEvent) {
      hold(events.length <= 1, 6, () => `${nameOf(run)}: ${events.length} close events`);
      if (events.length === 1) hold(!isOpen(run.shadow), 1, () => `${nameOf(run)}: its close is not durable`);
      return;
    }
    this.#checkEvents(run, events);
    const complete = (request.nextPageToken ?? []).length === 0 && (reply.nextPageToken ?? []).length === 0;
    const last = events.at(-1)?.eventId ?? 0;
    if (complete)
      hold(last >= Number(noted), 5, () => `${nameOf(run)}: read to ${last}, ${String(noted)} were durable`);
  }

  /** Recorded events are those of the log. Behind them may be the unrecorded ones of a later attempt of a task. */
  #checkEvents(run: RunRecord, events: readonly HistoryEvent[]): void {
    for (const event of events) {
      const id = event.eventId ?? 0;
      const recorded = run.events[id - 1];
      const transient = event.workflowTaskScheduledEventAttributes?.attempt ?? event.workflowTaskStartedEventAttributes;
      if (recorded === undefined) {
        hold(
          transient !== undefined && transient !== 1,
          1,
          () => `${nameOf(run)}: ${describeEvent(event)} is not durable`,
        );
        continue;
      }
      const same =
        recorded.eventType === event.eventType && difference(recorded.eventTime, event.eventTime) === undefined;
      const found = same && id % COMPARED_EVERY === 0 ? difference(event, recorded) : undefined;
      const fits = (same && found === undefined) || transient !== undefined;
      hold(
        fits,
        5,
        () => `${nameOf(run)}: read ${describeEvent(event)}, stored ${describeEvent(recorded)} ${found ?? ''}`,
      );
    }
  }

  #checkSeen(run: RunRecord | undefined, seen: { readonly length: number; readonly closed: boolean }): void {
    if (run === undefined) return;
    const { length } = run.events;
    hold(seen.length <= length, 1, () => `${nameOf(run)}: ${seen.length} events are shown, ${length} are durable`);
    if (seen.closed) hold(!isOpen(run.shadow), 1, () => `${nameOf(run)} is shown as closed, which is not durable`);
  }

  /** A refusal, too, rests on what is durable. */
  #checkRefusal({ detail }: Rejection): void {
    if (detail?.type !== 'WorkflowExecutionAlreadyStartedFailure') return;
    this.#durable(String(detail.value['runId']), 'in the way');
  }
}

/** The request that began a chain is known to its first run only. */
function isContinued({ shadow }: RunRecord): boolean {
  return (shadow.lifecycle.start.continuedExecutionRunId ?? '') !== '';
}
