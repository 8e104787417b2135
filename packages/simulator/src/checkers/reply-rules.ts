import { isOpen, isRejection, type Rejection } from '@perdure/core';
import { HistoryEventFilterType } from '@perdure/proto/enums';
import type {
  HistoryEvent,
  Payloads,
  PollActivityTaskQueueResponse,
  PollWorkflowTaskQueueResponse,
} from '@perdure/proto/types';
import { StoreError } from '@perdure/storage';
import { hold, Violation } from '../kernel/violation.ts';
import { fromPayloads } from '../model/payload.ts';
import type { MethodName, ReplyOf, RequestOf, Tap } from '../network/network.ts';
import type { ScheduleRecord } from './aggregate-log.ts';
import type { DurableLog } from './durable-log.ts';
import type { Marked, Marks } from './marks.ts';
import { describeEvent, nameOf, type RunRecord } from './run-record.ts';
import type { ScheduleRules } from './schedule-rules.ts';
import { difference } from './same-state.ts';
import { checkTold } from './update-rules.ts';

/** What was so when a request came. */
interface Noted {
  /** How many runs had been removed. */
  readonly removals: number;
  /** How many events the run had whose history is asked for. */
  readonly length: number | undefined;
}

type Rule<Name extends MethodName> = (request: RequestOf<Name>, reply: ReplyOf<Name>, noted: Noted) => void;
type Rules = { readonly [Name in MethodName]?: Rule<Name> };

/** Methods that read the run that their request names. */
const READS: ReadonlySet<MethodName> = new Set<MethodName>([
  'DescribeWorkflowExecution',
  'GetWorkflowExecutionHistory',
  'GetWorkflowExecutionHistoryReverse',
]);

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
  /** The tasks that were handed out, by their tokens. */
  readonly #handed = new Map<string, HandedTask>();
  /** Requests that changed a schedule, by its run and the token that they had of it. */
  readonly #updatedBy = new Map<string, string>();
  readonly #schedules: ScheduleRules;
  readonly #rules: Rules;

  constructor(options: {
    readonly log: DurableLog;
    readonly schedules: ScheduleRules;
    readonly marks: Marks;
    /** Ids of namespaces by name. */
    readonly namespaceIds: ReadonlyMap<string, string>;
    readonly fail: (error: unknown) => void;
  }) {
    this.#log = options.log;
    this.#schedules = options.schedules;
    this.#marks = options.marks;
    this.#namespaceIds = options.namespaceIds;
    this.#fail = options.fail;
    this.#rules = this.#makeRules();
  }

  onRequest(name: MethodName, request: object): Noted {
    const { removals } = this.#log;
    switch (name) {
      case 'GetWorkflowExecutionHistory': {
        const { execution } = request as RequestOf<typeof name>;
        return { removals, length: this.#log.find(execution?.runId ?? '')?.events.length };
      }
      case 'UpdateWorkflowExecution':
        this.#noteAsked(request);
        break;
      case 'ExecuteMultiOperation':
        this.#noteAsked((request as RequestOf<typeof name>).operations?.[1]?.updateWorkflow ?? {});
        break;
      default:
    }
    return { removals, length: undefined };
  }

  #noteAsked({ namespace = '', workflowExecution }: RequestOf<'UpdateWorkflowExecution'>): void {
    this.#log.noteAsked(this.#namespaceIds.get(namespace) ?? '', workflowExecution?.workflowId ?? '');
  }

  onReply(name: MethodName, request: object, reply: object | Rejection, noted: unknown): void {
    if (!isRejection(reply))
      (this.#rules[name] as Rule<never> | undefined)?.(request as never, reply as never, noted as Noted);
    else if (READS.has(name)) this.#checkNotFound(request, reply);
    else this.#checkRefusal(reply);
  }

  /** Nothing vanishes but what is removed. */
  #checkNotFound(
    { namespace, execution }: RequestOf<'DescribeWorkflowExecution'>,
    { detail, message }: Rejection,
  ): void {
    const run = this.#log.find(execution?.runId ?? '');
    if (detail?.type !== 'NotFoundFailure' || run === undefined) return;
    const { identity, removal } = run;
    const isMeant =
      identity.id === execution?.workflowId && identity.namespaceId === this.#namespaceIds.get(namespace ?? '');
    hold(!isMeant || removal !== undefined, 38, () => `${nameOf(run)} is durable and is not found: ${message}`);
  }

  /** What was removed before the request came is not shown. */
  #checkThere(run: RunRecord | undefined, { removals }: Noted): void {
    const isGone = run?.removal !== undefined && run.removal <= removals;
    hold(!isGone, 38, () => `${run === undefined ? '' : nameOf(run)} was removed and is shown`);
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
      UpdateWorkflowExecution: (request, reply) => this.#checkUpdate(request.namespace, reply),
      PollWorkflowExecutionUpdate: (request, reply) => this.#checkUpdate(request.namespace, reply),
      ExecuteMultiOperation: ({ namespace, operations = [] }, { responses = [] }) => {
        const { runId, started } = responses[0]?.startWorkflow ?? {};
        this.#checkStarted(runId, started === true ? operations[0]?.startWorkflow?.requestId : undefined);
        this.#checkUpdate(namespace, responses[1]?.updateWorkflow ?? {});
      },
      ResetWorkflowExecution: (request, { runId }) => this.#checkReset(request, runId),
      RequestCancelWorkflowExecution: (request) => this.#checkCancelRequested(request),
      TerminateWorkflowExecution: (request) => this.#checkTerminated(request),
      PollWorkflowTaskQueue: (request, reply) => this.#checkTask(request.namespace, reply),
      PollActivityTaskQueue: (request, reply) => this.#checkActivity(request.namespace, reply),
      RespondWorkflowTaskCompleted: (request, { workflowTask, activityTasks = [], resetHistoryEventId = 0 }) => {
        this.#acceptToken(request.taskToken);
        this.#checkCompleted(request.taskToken, resetHistoryEventId);
        if (workflowTask !== undefined) this.#checkTask(request.namespace, workflowTask);
        for (const task of activityTasks) this.#checkActivity(request.namespace, task);
      },
      RespondWorkflowTaskFailed: (request) => this.#acceptToken(request.taskToken),
      RespondActivityTaskCompleted: ({ taskToken, result }) => this.#checkAnswer(markIn(result), taskToken),
      RespondActivityTaskCompletedById: ({ result }) => this.#checkAnswer(markIn(result), undefined),
      RespondActivityTaskFailed: ({ taskToken, failure }) => this.#checkAnswer(failure?.message ?? '', taskToken),
      RespondActivityTaskFailedById: ({ failure }) => this.#checkAnswer(failure?.message ?? '', undefined),
      RespondActivityTaskCanceled: ({ taskToken, details }) => this.#checkAnswer(markIn(details), taskToken),
      GetWorkflowExecutionHistory: (request, reply, noted) => this.#checkHistory(request, reply, noted),
      DeleteWorkflowExecution: (request) => this.#checkDeleted(request),
      CreateSchedule: ({ requestId }) => this.#checkChanged(requestId),
      PatchSchedule: ({ requestId }) => this.#checkChanged(requestId),
      UpdateSchedule: (request) => this.#checkUpdated(request),
      GetWorkflowExecutionHistoryReverse: (request, reply, noted) => {
        const run = this.#durable(request.execution?.runId, 'read');
        this.#checkThere(run, noted);
        this.#checkEvents(run, reply.history?.events ?? []);
      },
      DescribeWorkflowExecution: (request, { workflowExecutionInfo: info }, noted) => {
        const run = this.#checkRun(request.namespace, info?.execution?.runId);
        this.#checkThere(run, noted);
        this.#checkSeen(run, { length: info?.historyLength ?? 0, closed: info?.closeTime !== undefined });
      },
      ListWorkflowExecutions: (request, { executions = [] }, noted) => {
        for (const { execution, closeTime } of executions) {
          const run = this.#checkRun(request.namespace, execution?.runId);
          this.#checkThere(run, noted);
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

  #checkDeleted({ workflowExecution }: RequestOf<'DeleteWorkflowExecution'>): void {
    const run = this.#log.find(workflowExecution?.runId ?? '');
    const { lifecycle } = run?.shadow ?? {};
    const isMarked = lifecycle?.deleteAtMs !== undefined && lifecycle.closedAtMs !== undefined;
    hold(run === undefined || isMarked, 1, () => `the deletion of ${workflowExecution?.runId} is not durable`);
  }

  #checkChanged(requestId = ''): ScheduleRecord {
    const schedule = this.#schedules.changedBy(requestId);
    hold(schedule !== undefined, 1, () => `schedule request ${requestId} was acknowledged and is not durable`);
    return schedule;
  }

  /** Of all who change what one token stands for, one succeeds. */
  #checkUpdated({ requestId = '', conflictToken = new Uint8Array(0) }: RequestOf<'UpdateSchedule'>): void {
    const schedule = this.#checkChanged(requestId);
    if (conflictToken.length === 0) return;
    const name = `${schedule.identity.runId}/${nameOfToken(conflictToken)}`;
    const first = this.#updatedBy.get(name) ?? requestId;
    hold(first === requestId, 36, () => `${requestId} and ${first} have changed what the same token stands for`);
    this.#updatedBy.set(name, requestId);
  }

  #runsOf(namespace: string | undefined, workflowId: string | undefined): readonly RunRecord[] {
    return this.#log.runsOf(this.#namespaceIds.get(namespace ?? '') ?? '', workflowId ?? '');
  }

  #checkUpdate(namespace: string | undefined, { updateRef, stage, outcome }: ReplyOf<'UpdateWorkflowExecution'>): void {
    const run = this.#checkRun(namespace, updateRef?.workflowExecution?.runId);
    if (run !== undefined) checkTold(run, { updateId: updateRef?.updateId ?? '', stage, outcome });
  }

  /** The new run has the events before the point, and every signal of the old one, unless they were not wanted. */
  #checkReset(request: RequestOf<'ResetWorkflowExecution'>, runId: string | undefined): void {
    const run = this.#checkRun(request.namespace, runId);
    hold(run?.base !== undefined, 29, () => `run ${runId} is said to come of a reset`);
    const { base } = run;
    const fits = base.throughEventId === (request.workflowTaskFinishEventId ?? 0) - 1;
    hold(fits, 29, () => `${nameOf(run)} has ${base.throughEventId} events of ${nameOf(base.run)}`);
    if ((request.resetReapplyExcludeTypes ?? []).length > 0) return;
    for (const { workflowExecutionSignaledEventAttributes: signal } of base.run.events) {
      const { requestId = '' } = signal ?? {};
      const has = requestId === '' || run.shadow.signalRequestIds.has(requestId);
      hold(has, 29, () => `${nameOf(run)} lacks signal ${requestId} of ${nameOf(base.run)}`);
    }
  }

  #acceptToken(token: Uint8Array | undefined): void {
    const name = nameOfToken(token);
    hold(!this.#acceptedTokens.has(name), 9, () => 'a task token is accepted a second time');
    this.#acceptedTokens.add(name);
  }

  /** The answer of a worker is durable, and it is the attempt of its token that it has ended. */
  #checkAnswer(mark: string, token: Uint8Array | undefined): void {
    const attempt = this.#marks.attemptOf(mark);
    hold(attempt !== undefined, 1, () => `answer ${mark} was acknowledged and is not durable`);
    if (token === undefined) return;
    this.#acceptToken(token);
    const handed = this.#handed.get(nameOfToken(token))?.attempt;
    hold(handed === attempt, 9, () => `answer ${mark}: a token of attempt ${handed} has ended attempt ${attempt}`);
  }

  /** The task that the history records as completed is that of the token. */
  #checkCompleted(token: Uint8Array | undefined, resetHistoryEventId: number): void {
    const handed = this.#handed.get(nameOfToken(token));
    if (handed === undefined) return;
    const { runId, startedEventId, attempt } = handed;
    const { events } = this.#durable(runId, 'completed');
    if (resetHistoryEventId > 0) {
      const last = events[resetHistoryEventId - 1]?.workflowTaskStartedEventAttributes;
      hold(
        last !== undefined && handed.isUpdate,
        19,
        () => `${runId}: task ${startedEventId} is said never to have been`,
      );
      return;
    }
    const { startedEventId: ended, scheduledEventId = 0 } =
      events[startedEventId]?.workflowTaskCompletedEventAttributes ?? {};
    const recorded = events[scheduledEventId - 1]?.workflowTaskScheduledEventAttributes?.attempt;
    const fits = ended === startedEventId && recorded === attempt;
    hold(
      fits,
      21,
      () => `${runId}: a token of attempt ${attempt} of task ${startedEventId} completed attempt ${recorded}`,
    );
  }

  #checkActivity(namespace: string | undefined, task: PollActivityTaskQueueResponse): void {
    const runId = task.workflowExecution?.runId;
    this.#checkRun(namespace, runId);
    if (runId === undefined) return;
    this.#handed.set(nameOfToken(task.taskToken), {
      runId,
      startedEventId: 0,
      attempt: task.attempt ?? 1,
      isUpdate: false,
    });
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
    const isUpdate = (task.messages ?? []).length > 0;
    this.#handed.set(nameOfToken(task.taskToken), { runId: run.identity.runId, startedEventId, attempt, isUpdate });
    const { task: current } = run.shadow;
    // A later attempt has its places in the history only once it is over: then others may have taken them.
    const reached = run.events.length >= (attempt === 1 ? startedEventId : startedEventId - 1);
    const later = current.attempt > attempt || !isOpen(run.shadow);
    const durable = reached || (attempt > 1 && current.phase === 'started');
    // One that was made for updates is in no history before something comes of it.
    hold(
      durable || later || isUpdate,
      1,
      () => `${nameOf(run)}: attempt ${attempt} of task ${startedEventId} is not durable`,
    );
  }

  /** All that was durable when the request came is in the last page, and nothing else than what is durable. */
  #checkHistory(
    request: RequestOf<'GetWorkflowExecutionHistory'>,
    reply: ReplyOf<'GetWorkflowExecutionHistory'>,
    noted: Noted,
  ): void {
    const run = this.#durable(request.execution?.runId, 'read');
    this.#checkThere(run, noted);
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
      hold(last >= (noted.length ?? 0), 5, () => `${nameOf(run)}: read to ${last}, ${noted.length} were durable`);
  }

  /** Recorded events are those of the log. Behind them may be the unrecorded ones of a later attempt of a task. */
  #checkEvents(run: RunRecord, events: readonly HistoryEvent[]): void {
    for (const event of events) {
      const id = event.eventId ?? 0;
      const recorded = run.events[id - 1];
      const transient = event.workflowTaskScheduledEventAttributes?.attempt ?? event.workflowTaskStartedEventAttributes;
      if (recorded === undefined) {
        hold(transient !== undefined, 1, () => `${nameOf(run)}: ${describeEvent(event)} is not durable`);
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
    const runId = String(detail.value['runId']);
    // A refusal names no run of a schedule.
    if (runId !== '' && this.#log.aggregates.find(runId) === undefined) this.#durable(runId, 'in the way');
  }
}

/** The request that began a chain is known to its first run only. */
function isContinued({ shadow }: RunRecord): boolean {
  return (shadow.lifecycle.start.continuedExecutionRunId ?? '') !== '';
}

interface HandedTask {
  readonly runId: string;
  /** Of a workflow task. */
  readonly startedEventId: number;
  readonly attempt: number;
  /** Updates come with it. */
  readonly isUpdate: boolean;
}

function nameOfToken(token: Uint8Array | undefined): string {
  return Buffer.from(token ?? []).toString('latin1');
}

function markIn(payloads: Payloads | undefined): string {
  return (fromPayloads(payloads) as Marked).mark;
}
