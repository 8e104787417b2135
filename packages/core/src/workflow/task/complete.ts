import {
  EventType,
  TaskQueueKind,
  VersioningBehavior,
  WorkerVersioningMode,
  WorkflowTaskFailedCause,
} from '@perdure/proto/enums';
import type { Command, RespondWorkflowTaskCompletedRequest } from '@perdure/proto/types';
import { enumName } from '../../kernel/enum-name.ts';
import { badBinaryOf, type Env } from '../../kernel/env.ts';
import { serverFailure } from '../../kernel/failure.ts';
import { reject, type Rejection } from '../../kernel/rejection.ts';
import { durationMsOrZero, toTimestamp } from '../../kernel/time.ts';
import { endAtLimit, endIfTooLarge, exceededLimit } from '../close/run-limits.ts';
import { terminateRun } from '../close/terminate.ts';
import { checkCommands, checkSequence } from '../command/check.ts';
import type { CommandFailure, CommandRun } from '../command/command.ts';
import { COMMAND_RULES } from '../command/rules.ts';
import { findRun } from '../find-run.ts';
import { isSpeculative } from '../fleeting.ts';
import { HISTORY_SERVICE } from '../identity.ts';
import type { CompleteWorkflowTaskInput, WorkflowTaskCompletion } from '../input.ts';
import { taskQueueOf } from '../lifecycle.ts';
import { isRunPaused } from '../pause/run-pause.ts';
import { isOpen, type Run } from '../run.ts';
import type { Workflow } from '../step.ts';
import type { Step, Transition } from '../transition.ts';
import { forgetTask, leavesNoTrace, mayGoUnrecorded, updatesWait } from '../update/completion.ts';
import { takeInRejections, takeInUnreferenced } from '../update/messages.ts';
import { abortSent, rejectUnprocessed } from '../update/settle.ts';
import { indexAgain } from '../visibility-record.ts';
import { keepBuildsWithinLimits } from './build-ids.ts';
import { startTask } from './dispatch.ts';
import { endTask, timeOutTask } from './end.ts';
import { fitsTask, taskNotFound } from './fail.ts';
import { withdrawProblem } from './problems.ts';
import { scheduleAndOfferTask, scheduleTask } from './schedule.ts';
import { offerTask, recordSpeculation, scheduledAttributes, startedAttributes } from './recording.ts';
import { speculate } from './speculative.ts';
import { isTransient, type StickyBinding } from './workflow-task.ts';

/** RespondWorkflowTaskCompleted: all commands are carried out, or none and the task has failed. */
export function completeWorkflowTask(
  step: Step,
  workflow: Workflow,
  input: CompleteWorkflowTaskInput,
): WorkflowTaskCompletion | Rejection {
  const run = findRun(workflow, input.task.runId);
  if ('kind' in run) return run;
  if (!isOpen(run) || !fitsTask(run, input.task)) return taskNotFound();
  if (isRunPaused(run) && input.request.forceCreateNewWorkflowTask === true) {
    return reject.failedPrecondition('Workflow is paused and force create new workflow task is not allowed.');
  }
  const bad = badBinary(step.env, input.request);
  if (bad !== undefined) return failCompletion(step.on(run), bad, input.request);
  const commands = input.request.commands ?? [];
  const malformed = behaviorRefusal(input.request) ?? checkSequence(commands);
  if (malformed !== undefined) return malformed;
  const transition = step.on(run);
  if (heartbeatExpired(transition, input.request)) return expireHeartbeat(transition);
  const failure = checkCommands(run, step.env, commands, input.updateMessages ?? []);
  if (failure !== undefined) return failCompletion(transition, failure, input.request);
  if (leavesNoTrace(transition, input)) return forget(transition, input);
  const reason = exceededLimit(run, step.env.limits, eventsToCome(run, input));
  return reason === undefined || closes(commands) ? carryOut(transition, input) : endAtLimit(transition, reason);
}

/** How many events the completion will write: its own, those of its commands and messages, and what was held back. */
function eventsToCome(run: Run, { request, updateMessages = [] }: CompleteWorkflowTaskInput): number {
  const commands = request.commands?.length ?? 0;
  const unrecorded = isTransient(run.task) || isSpeculative(run) ? 2 : 0;
  const next = request.forceCreateNewWorkflowTask === true || run.buffer.length > 0 ? 1 : 0;
  return unrecorded + 1 + Math.max(commands, updateMessages.length) + run.buffer.length + next;
}

function closes(commands: readonly Command[]): boolean {
  return COMMAND_RULES.get(commands.at(-1)?.commandType ?? 0)?.closes === true;
}

/** Nothing came of a task that is not on record: it never will be. */
function forget(transition: Transition, input: CompleteWorkflowTaskInput): WorkflowTaskCompletion {
  const { run } = transition;
  forgetTask(transition, input);
  bindSticky(transition, input.request);
  return {
    runId: run.runId,
    eagerActivities: [],
    failure: undefined,
    resetHistoryEventId: run.task.lastStartedEventId,
    nextTask: askOfUpdates(transition, input.request),
  };
}

/** Sees to it that a worker gets the updates that wait. */
function askOfUpdates(transition: Transition, request: RespondWorkflowTaskCompletedRequest) {
  if (!updatesWait(transition)) return undefined;
  if (mayGoUnrecorded(request)) speculate(transition);
  else scheduleTask(transition);
  return handNext(transition, request);
}

function carryOut(transition: Transition, input: CompleteWorkflowTaskInput): WorkflowTaskCompletion {
  const { run } = transition;
  const { request } = input;
  const messages = [...(input.updateMessages ?? [])];
  const originalScheduledAtMs = run.task.originalScheduledAtMs;
  const { searchAttributes, memo } = run.lifecycle;
  const commandRun: CommandRun = {
    transition,
    run,
    completedEventId: appendCompleted(transition, request),
    request,
    messages,
    eagerActivities: [],
    needsNewTask: false,
  };
  bindSticky(transition, request);
  takeInRejections(transition, messages);
  for (const command of request.commands ?? []) {
    COMMAND_RULES.get(command.commandType ?? 0)?.execute(commandRun, command);
  }
  takeInUnreferenced(transition, messages);
  const heartbeat = request.forceCreateNewWorkflowTask === true;
  if (isOpen(run) && !heartbeat) rejectUnprocessed(transition);
  // What a run starts and closes over in one task is not handed out.
  const eagerActivities = isOpen(run) ? commandRun.eagerActivities : [];
  const completion = { runId: run.runId, eagerActivities, failure: undefined, resetHistoryEventId: 0 };
  if (!isOpen(run)) return { ...completion, nextTask: undefined };
  if (run.lifecycle.searchAttributes !== searchAttributes || run.lifecycle.memo !== memo) indexAgain(transition);
  const tooLarge = endIfTooLarge(transition);
  if (tooLarge !== undefined) return { ...completion, eagerActivities: [], failure: tooLarge, nextTask: undefined };
  if (isRunPaused(run)) {
    transition.flushBuffer();
    return { ...completion, nextTask: undefined };
  }
  if (!(heartbeat || commandRun.needsNewTask || run.buffer.length > 0)) {
    return { ...completion, nextTask: askOfUpdates(transition, request) };
  }
  scheduleTask(transition);
  if (heartbeat && isIdle(request)) transition.note({ kind: 'taskHeartbeat', originalScheduledAtMs });
  return { ...completion, nextTask: handNext(transition, request, heartbeat) };
}

/** The next task goes back to the worker that asks for it, without a poll in between; else to matching. */
function handNext(transition: Transition, request: RespondWorkflowTaskCompletedRequest, hasUpdates = false) {
  if (request.returnNewWorkflowTask !== true) {
    offerTask(transition);
    return undefined;
  }
  const taker = {
    identity: request.identity ?? '',
    requestId: 'request-from-RespondWorkflowTaskCompleted',
    workerVersion: request.workerVersionStamp,
  };
  // The worker has just worked on the run: even without a sticky queue it gets only what is new.
  return startTask(transition, taker, true, hasUpdates);
}

/** Writes the completed event; of a transient task its scheduled and started events as well. */
function appendCompleted(transition: Transition, request: RespondWorkflowTaskCompletedRequest): number {
  recordSpeculation(transition, { ends: true, endedBy: request.identity ?? '' });
  const { run } = transition;
  const { task } = run;
  const { searchAttributes } = run.lifecycle;
  let { scheduledEventId, startedEventId } = task;
  if (isTransient(task)) {
    const started = startedAttributes(run);
    const startedAtMs = task.startedAtMs;
    scheduledEventId = transition.append({
      eventType: EventType.WorkflowTaskScheduled,
      eventTime: toTimestamp(task.scheduledAtMs),
      workflowTaskScheduledEventAttributes: scheduledAttributes(run, task, {
        name: taskQueueOf(run),
        kind: TaskQueueKind.Normal,
      }),
    });
    startedEventId = transition.append({
      eventType: EventType.WorkflowTaskStarted,
      eventTime: toTimestamp(startedAtMs),
      workflowTaskStartedEventAttributes: { ...started, scheduledEventId },
    });
  }
  const completedEventId = transition.append({
    eventType: EventType.WorkflowTaskCompleted,
    workflowTaskCompletedEventAttributes: {
      scheduledEventId,
      startedEventId,
      identity: request.identity,
      binaryChecksum: request.binaryChecksum,
      workerVersion: request.workerVersionStamp,
      sdkMetadata: request.sdkMetadata,
      meteringMetadata: request.meteringMetadata,
      workerDeploymentName: request.deploymentOptions?.deploymentName || request.deployment?.seriesName,
      versioningBehavior: request.versioningBehavior,
    },
  });
  keepBuildsWithinLimits(transition, searchAttributes);
  withdrawProblem(transition);
  return completedEventId;
}

/** Only a worker that is versioned may say how its workflows are bound to versions. */
function behaviorRefusal(request: RespondWorkflowTaskCompletedRequest): Rejection | undefined {
  const { versioningBehavior = VersioningBehavior.Unspecified, deployment, deploymentOptions } = request;
  if (versioningBehavior === VersioningBehavior.Unspecified || deployment !== undefined) return undefined;
  if (deploymentOptions?.workerVersioningMode === WorkerVersioningMode.Versioned) return undefined;
  return reject.invalidArgument(
    'versioning behavior cannot be specified without deployment options being set with versioned mode',
  );
}

/** The worker says under which queue it keeps the run in its cache; without a word the binding ends. */
function bindSticky(transition: Transition, request: RespondWorkflowTaskCompletedRequest): void {
  const queue = request.stickyAttributes?.workerTaskQueue?.name ?? '';
  const scheduleToStartTimeoutMs = durationMsOrZero(request.stickyAttributes?.scheduleToStartTimeout);
  const wanted: StickyBinding | undefined = queue === '' ? undefined : { queue, scheduleToStartTimeoutMs };
  const { binding } = transition.run.task;
  const same =
    binding?.queue === wanted?.queue && binding?.scheduleToStartTimeoutMs === wanted?.scheduleToStartTimeoutMs;
  if (!same) transition.note({ kind: 'stickyBound', binding: wanted });
}

/** The completion of a worker that nobody is to run any more. Temporal: respondworkflowtaskcompleted/api.go. */
function badBinary(
  { namespace }: Env,
  { binaryChecksum = '' }: RespondWorkflowTaskCompletedRequest,
): CommandFailure | undefined {
  if (badBinaryOf(namespace, binaryChecksum) === undefined) return undefined;
  const message = `binary ${binaryChecksum} is marked as bad deployment`;
  return { cause: WorkflowTaskFailedCause.BadBinary, message };
}

function failCompletion(
  transition: Transition,
  failure: CommandFailure,
  request: RespondWorkflowTaskCompletedRequest,
): WorkflowTaskCompletion | Rejection {
  abortSent(transition);
  const { run } = transition;
  const causeName = enumName(WorkflowTaskFailedCause, failure.cause);
  const message = failure.message === '' ? causeName : `${causeName}: ${failure.message}`;
  const unhandled = failure.cause === WorkflowTaskFailedCause.UnhandledCommand;
  // Who keeps sending bad commands waits for the timeout of the task, so that its attempts do not come in a loop.
  if (isTransient(run.task) && !unhandled) return reject.invalidArgument(message);
  const taskFailure = {
    cause: failure.cause,
    failure: serverFailure(message, false),
    identity: request.identity ?? '',
    binaryChecksum: request.binaryChecksum ?? '',
    workerVersion: request.workerVersionStamp,
  };
  if (failure.terminates === true) {
    terminateRun(transition, { reason: message, identity: HISTORY_SERVICE }, taskFailure);
  } else {
    endTask(transition, taskFailure);
    scheduleAndOfferTask(transition);
  }
  return {
    runId: run.runId,
    nextTask: undefined,
    eagerActivities: [],
    failure: reject.invalidArgument(message),
    resetHistoryEventId: 0,
  };
}

/** Nothing came of the task: a heartbeat that only asks for time. */
function isIdle(request: RespondWorkflowTaskCompletedRequest): boolean {
  return (request.commands ?? []).length === 0 && (request.messages ?? []).length === 0;
}

function heartbeatExpired(transition: Transition, request: RespondWorkflowTaskCompletedRequest): boolean {
  const { run, env } = transition;
  if (request.forceCreateNewWorkflowTask !== true || !isIdle(request)) return false;
  return env.nowMs - run.task.originalScheduledAtMs >= env.limits.workflowTaskHeartbeatTimeoutMs;
}

function expireHeartbeat(transition: Transition): WorkflowTaskCompletion {
  timeOutTask(transition);
  scheduleAndOfferTask(transition);
  const failure = reject.notFound('workflow task heartbeat timeout');
  return { runId: transition.run.runId, nextTask: undefined, eagerActivities: [], failure, resetHistoryEventId: 0 };
}
