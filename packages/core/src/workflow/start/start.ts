import {
  EventType,
  WorkflowExecutionStatus,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@perdure/proto/enums';
import { jsonText } from '../../kernel/json-payload.ts';
import { ExhaustedCause, reject, type Rejection } from '../../kernel/rejection.ts';
import { HISTORY_SERVICE } from '../identity.ts';
import type { ParentLink, SignalContent, StartInput, StartReply } from '../input.ts';
import { isSameWatcher } from '../callback/watcher.ts';
import { endIfOutgrown, eventsOfNews } from '../close/run-limits.ts';
import { terminateRun } from '../close/terminate.ts';
import { createRequestId, firstRunId } from '../lifecycle.ts';
import { isOpen, type Run } from '../run.ts';
import { recordSignal, signalRefusal } from '../signal/signal.ts';
import type { Workflow } from '../step.ts';
import { scheduleTaskAtOnce, startOverIfBufferFull } from '../task/schedule.ts';
import type { Step } from '../transition.ts';
import { createRun } from './create-run.ts';
import { eagerTaskOf, startEagerly } from './eager.ts';
import { startedByRequest } from './started-event.ts';

/** StartWorkflowExecution, SignalWithStartWorkflowExecution and the start of a child. */
export function start(step: Step, workflow: Workflow, input: StartInput): StartReply | Rejection {
  const { current } = workflow;
  if (current === undefined) return startNew(step, workflow, input);
  const repeated = repeatedStart(current, input);
  if (repeated !== undefined) return repeated;
  return isOpen(current) ? resolveConflict(step, workflow, current, input) : reuse(step, workflow, current, input);
}

/** The answer to a request that the current run knows already, open or closed. */
function repeatedStart(current: Run, input: StartInput): StartReply | undefined {
  const { requestId, requestEagerExecution } = input.request;
  if (isSameChild(current, input.parent) || isWatched(current, input))
    return { ...existing(current), runId: firstRunId(current), started: true };
  // A signal with start is known by its signal, which a plain start of the same id has not brought.
  if (input.signal !== undefined) return current.signalRequestIds.has(requestId) ? existing(current) : undefined;
  const known = current.lifecycle.requestIds.get(requestId);
  if (known === undefined) return undefined;
  return {
    ...existing(current),
    started: known.eventType === EventType.WorkflowExecutionStarted,
    eagerTask: requestEagerExecution === true ? eagerTaskOf(current) : undefined,
  };
}

/** The parent asks again for a child that it has: the run it started may have been continued meanwhile. */
function isSameChild(current: Run, parent: ParentLink | undefined): boolean {
  if (parent === undefined) return false;
  const { parentWorkflowExecution, parentInitiatedEventId } = current.lifecycle.start;
  const { runId = '', workflowId } = parentWorkflowExecution ?? {};
  return (
    workflowId === parent.execution.workflowId &&
    (runId === parent.execution.runId || parent.earlierRunIds?.includes(runId) === true) &&
    parentInitiatedEventId === parent.initiatedEventId
  );
}

/** Who watches asks again for what it has started: the run may have been continued meanwhile. */
function isWatched({ watchers = [] }: Run, input: StartInput): boolean {
  const asking = input.watchers ?? [];
  return asking.some((watcher) => watchers.some((known) => isSameWatcher(known, watcher)));
}

function existing(run: Run): StartReply {
  return {
    runId: run.runId,
    firstRunId: firstRunId(run),
    started: false,
    status: run.lifecycle.status,
    eagerTask: undefined,
  };
}

/** The id is in use. */
function resolveConflict(step: Step, workflow: Workflow, current: Run, input: StartInput): StartReply | Rejection {
  const policy = conflictPolicy(input);
  switch (policy) {
    case WorkflowIdConflictPolicy.UseExisting:
      return input.signal === undefined
        ? useExisting(step, current, input)
        : signalExisting(step, current, input.signal);
    case WorkflowIdConflictPolicy.TerminateExisting:
      return replaceExisting(step, workflow, current, input);
    case WorkflowIdConflictPolicy.Fail:
      return alreadyStarted(
        current,
        `Workflow execution is already running. WorkflowId: ${current.workflowId}, RunId: ${current.runId}.`,
      );
    default:
      return reject.internal(`unknown workflow id conflict policy ${String(policy)}`);
  }
}

type ResolvedConflictPolicy = Exclude<WorkflowIdConflictPolicy, typeof WorkflowIdConflictPolicy.Unspecified>;

/** The policy in force: the older reuse policy "terminate if running" stands for a conflict policy. */
function conflictPolicy(input: StartInput): ResolvedConflictPolicy {
  const asked = input.request.workflowIdConflictPolicy ?? WorkflowIdConflictPolicy.Unspecified;
  if (asked !== WorkflowIdConflictPolicy.Unspecified) return asked;
  if (input.request.workflowIdReusePolicy === WorkflowIdReusePolicy.TerminateIfRunning) {
    return WorkflowIdConflictPolicy.TerminateExisting;
  }
  return input.signal === undefined ? WorkflowIdConflictPolicy.Fail : WorkflowIdConflictPolicy.UseExisting;
}

/** The running workflow answers; what is to be attached to it is recorded, without waking it. */
function useExisting(step: Step, current: Run, input: StartInput): StartReply | Rejection {
  const { requestId, completionCallbacks, links, onConflictOptions: options } = input.request;
  if (options !== undefined) {
    const outgrown = endIfOutgrown(step, current, 0);
    if (outgrown !== undefined) return outgrown;
    const attached = options.attachCompletionCallbacks === true ? (completionCallbacks ?? []) : [];
    const known = current.callbacks?.length ?? 0;
    const { callbacksMax } = step.env.limits;
    if (attached.length > 0 && attached.length + known > callbacksMax) {
      return reject.failedPrecondition(
        `cannot attach more than ${callbacksMax} callbacks to a workflow (${known} callbacks already attached)`,
      );
    }
    const transition = step.on(current);
    transition.appendOrBuffer({
      eventType: EventType.WorkflowExecutionOptionsUpdated,
      workerMayIgnore: true,
      links: options.attachLinks === true ? links : undefined,
      workflowExecutionOptionsUpdatedEventAttributes: {
        attachedRequestId: options.attachRequestId === true ? requestId : undefined,
        attachedCompletionCallbacks: options.attachCompletionCallbacks === true ? completionCallbacks : undefined,
      },
    });
    startOverIfBufferFull(transition);
  }
  return existing(current);
}

/** Signal with start: unlike a plain signal, it does not wait for a delayed first workflow task. */
function signalExisting(step: Step, current: Run, signal: SignalContent): StartReply | Rejection {
  const refusal = endIfOutgrown(step, current, eventsOfNews(current)) ?? signalRefusal(current, step);
  if (refusal !== undefined) return refusal;
  const transition = step.on(current);
  recordSignal(transition, signal);
  scheduleTaskAtOnce(transition);
  return existing(current);
}

function replaceExisting(step: Step, workflow: Workflow, current: Run, input: StartInput): StartReply | Rejection {
  const early = earlyRefusal(step, current, 'restarts');
  if (early !== undefined) return early;
  const runId = step.env.newId();
  terminateRun(step.on(current), {
    reason: 'TerminateIfRunning WorkflowIdReusePolicy',
    identity: HISTORY_SERVICE,
    details: jsonText(`terminated by new runID: ${runId}`),
  });
  return startNew(step, workflow, input, runId);
}

const UNSUCCESSFUL: ReadonlySet<WorkflowExecutionStatus> = new Set<WorkflowExecutionStatus>([
  WorkflowExecutionStatus.Failed,
  WorkflowExecutionStatus.Canceled,
  WorkflowExecutionStatus.Terminated,
  WorkflowExecutionStatus.TimedOut,
]);

/** The id was used by a run that has closed. */
function reuse(step: Step, workflow: Workflow, current: Run, input: StartInput): StartReply | Rejection {
  const ids = `WorkflowId: ${current.workflowId}, RunId: ${current.runId}.`;
  switch (input.request.workflowIdReusePolicy) {
    case WorkflowIdReusePolicy.AllowDuplicateFailedOnly:
      if (UNSUCCESSFUL.has(current.lifecycle.status)) break;
      return alreadyStarted(
        current,
        `Workflow execution already finished successfully. ${ids} Workflow Id reuse policy: allow duplicate workflow Id if last run failed.`,
      );
    case WorkflowIdReusePolicy.RejectDuplicate:
      return alreadyStarted(
        current,
        `Workflow execution already finished. ${ids} Workflow Id reuse policy: reject duplicate workflow Id.`,
      );
    default:
  }
  return earlyRefusal(step, current, 'starts') ?? startNew(step, workflow, input);
}

/** The refusal of an id that was started too short a time ago, where that is looked at. Temporal: workflow_id_dedup.go. */
function earlyRefusal({ env }: Step, { workflowId, lifecycle }: Run, what: string): Rejection | undefined {
  const { checksReuseInterval, runLifetimeMinMs } = env.limits;
  const sinceMs = env.nowMs - lifecycle.startedAtMs;
  if (!checksReuseInterval || runLifetimeMinMs === 0 || sinceMs > runLifetimeMinMs) return undefined;
  const message = `Too many ${what} for workflow ${workflowId}. Time since last start: ${sinceMs} ms`;
  return reject.resourceExhausted(ExhaustedCause.BusyWorkflow, message);
}

function alreadyStarted(current: Run, message: string): Rejection {
  return reject.workflowAlreadyStarted(message, createRequestId(current), current.runId, firstRunId(current));
}

function startNew(step: Step, workflow: Workflow, input: StartInput, runId = step.env.newId()): StartReply {
  const { request } = input;
  const eager = request.requestEagerExecution === true && step.env.limits.eagerWorkflowStart;
  const started = startedByRequest(request, { runId, env: step.env, parent: input.parent, eager });
  const transition = createRun(step, workflow, {
    runId,
    requestId: request.requestId,
    started,
    userMetadata: request.userMetadata,
    links: request.links,
    signal: input.signal,
    watchers: input.watchers,
  });
  const reply: StartReply = { ...existing(transition.run), started: true };
  return started.eagerExecutionAccepted === true ? { ...reply, eagerTask: startEagerly(transition, request) } : reply;
}
