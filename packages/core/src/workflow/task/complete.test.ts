import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventType, SuggestContinueAsNewReason, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import type { Command } from '@perdure/proto/types';
import { GrpcStatus } from '../../kernel/rejection.ts';
import { toTimestamp } from '../../kernel/time.ts';
import type { CompleteWorkflowTaskInput } from '../input.ts';
import { outward } from '../testing-family.ts';
import { cancelTimer, failureOf, signalOf, terminateOf } from '../testing-requests.ts';
import { Bench, START_MS, command, refusal } from '../testing.ts';
import type { WorkflowTaskView } from './workflow-task-view.ts';

const { startTimer, completeWorkflow } = command;

function completionOf(task: WorkflowTaskView, commands: readonly Command[] = []): CompleteWorkflowTaskInput {
  return { kind: 'completeWorkflowTask', runId: task.runId, task: task.task, request: { commands } };
}

/** A run whose first workflow task is at work. */
function atWork(): { bench: Bench; task: WorkflowTaskView } {
  const bench = new Bench();
  bench.start();
  return { bench, task: bench.workflowTask() };
}

test('a task is taken, and its commands become events', () => {
  const bench = new Bench();
  bench.start();
  bench.advance(20);
  const task = bench.workflowTask();
  assert.equal(task.lastEventId, 3);
  assert.equal(task.previousStartedEventId, 0);
  assert.equal(task.scheduledAtMs, START_MS);
  assert.equal(task.startedAtMs, START_MS + 20);
  bench.advance(30);
  const sdkMetadata = { sdkName: 'sdk', langUsedFlags: [1] };
  const meteringMetadata = { nonfirstLocalActivityExecutionAttempts: 2 };
  const summary = { summary: { data: new Uint8Array(1) } };
  const nap = { ...startTimer('nap', 60), userMetadata: summary };
  bench.complete([nap], { sdkMetadata, meteringMetadata, binaryChecksum: 'checksum' }, task);
  assert.deepEqual(bench.history(3), ['3 WorkflowTaskStarted', '4 WorkflowTaskCompleted', '5 TimerStarted']);
  const started = bench.last(EventType.WorkflowTaskStarted);
  assert.deepEqual(started.eventTime, toTimestamp(START_MS + 20));
  assert.equal(started.workflowTaskStartedEventAttributes?.scheduledEventId, 2);
  assert.equal(started.workflowTaskStartedEventAttributes?.identity, 'workflow-worker');
  const completed = bench.last(EventType.WorkflowTaskCompleted);
  assert.deepEqual(completed.eventTime, toTimestamp(START_MS + 50));
  assert.deepEqual(completed.workflowTaskCompletedEventAttributes, {
    scheduledEventId: 2,
    startedEventId: 3,
    identity: 'workflow-worker',
    binaryChecksum: 'checksum',
    workerVersion: undefined,
    sdkMetadata,
    meteringMetadata,
    workerDeploymentName: undefined,
    versioningBehavior: undefined,
  });
  assert.equal(bench.last(EventType.TimerStarted).userMetadata, summary);
  assert.equal(bench.run.task.phase, 'none');
});

test('the next task begins behind the last one', () => {
  const { bench, task } = atWork();
  bench.complete([], {}, task);
  bench.signal('wake up');
  assert.equal(bench.workflowTask().previousStartedEventId, 3);
});

test('a task is handed out once, and only by its last offer', () => {
  const bench = new Bench();
  bench.start();
  const [offer] = bench.offers('offerWorkflowTask');
  assert.ok(offer);
  const taker = { identity: 'worker', requestId: 'poll', workerVersion: undefined };
  const { scheduledEventId, stamp } = offer;
  const start = { kind: 'startWorkflowTask', runId: '', scheduledEventId, stamp, taker, sticky: false } as const;
  assert.equal(refusal(bench.send({ ...start, stamp: stamp - 1 })).message, 'Workflow task not found.');
  bench.ok(start);
  assert.equal(refusal(bench.send(start)).message, 'Workflow task not found.');
  bench.ok(terminateOf());
  assert.equal(refusal(bench.send(start)).message, 'workflow execution already completed');
});

test('a completion must be for the task at work', () => {
  const { bench, task } = atWork();
  const foreign = (changes: Partial<WorkflowTaskView['task']>): WorkflowTaskView => ({
    ...task,
    task: { ...task.task, ...changes },
  });
  const { stamp } = task.task;
  for (const other of [{ scheduledEventId: 1 }, { startedEventId: 4 }, { attempt: 2 }, { stamp: stamp + 1 }]) {
    for (const input of [completionOf(foreign(other)), failureOf(foreign(other))]) {
      const refused = refusal(bench.send(input));
      assert.equal(refused.status, GrpcStatus.NotFound);
      assert.equal(refused.message, 'Workflow task not found.');
    }
  }
  bench.ok(completionOf(task));
  assert.equal(refusal(bench.send(completionOf(task))).message, 'Workflow task not found.');
  assert.equal(refusal(bench.send(failureOf(task))).message, 'Workflow task not found.');
});

test('a task of a run that nobody knows is refused', () => {
  const { bench, task } = atWork();
  const unknown = { ...task, task: { ...task.task, runId: 'unknown' } };
  for (const input of [completionOf(unknown), failureOf(unknown)]) {
    assert.equal(
      refusal(bench.send(input)).message,
      'workflow execution not found for workflow ID "workflow" and run ID "unknown"',
    );
  }
});

test('a task of a run that has closed is over', () => {
  const { bench, task } = atWork();
  bench.ok(terminateOf());
  assert.equal(refusal(bench.send(completionOf(task))).message, 'Workflow task not found.');
  assert.equal(refusal(bench.send(failureOf(task))).message, 'workflow execution already completed');
});

test('all commands are carried out, or none', () => {
  const { bench, task } = atWork();
  const { failure } = bench.complete([startTimer('a', 60), cancelTimer('unknown')], {}, task);
  const message =
    'BadCancelTimerAttributes: invalid history builder state for action: add-timer-canceled-event, TimerID: unknown';
  assert.equal(failure?.status, GrpcStatus.InvalidArgument);
  assert.equal(failure?.message, message);
  assert.deepEqual(bench.history(4), ['4 WorkflowTaskFailed']);
  assert.deepEqual(bench.last(EventType.WorkflowTaskFailed).workflowTaskFailedEventAttributes, {
    scheduledEventId: 2,
    startedEventId: 3,
    cause: WorkflowTaskFailedCause.BadCancelTimerAttributes,
    failure: { message, serverFailureInfo: { nonRetryable: false } },
    identity: 'workflow-worker',
    binaryChecksum: '',
    workerVersion: undefined,
  });
  assert.equal(bench.run.timers.size, 0);
  assert.equal(bench.workflowTask().task.attempt, 2);
});

test('who keeps sending bad commands is told so, and waits for the timeout of the task', () => {
  const { bench, task } = atWork();
  bench.complete([startTimer('', 60)], {}, task);
  const second = bench.workflowTask();
  const refused = refusal(bench.send(completionOf(second, [startTimer('', 60)])));
  assert.equal(refused.message, 'BadStartTimerAttributes: TimerId is not set on StartTimerCommand.');
  assert.equal(bench.run.task.phase, 'started');
  bench.ok(completionOf(second, [startTimer('a', 60)]));
  assert.deepEqual(bench.history(4), [
    '4 WorkflowTaskFailed',
    '5 WorkflowTaskScheduled',
    '6 WorkflowTaskStarted',
    '7 WorkflowTaskCompleted',
    '8 TimerStarted',
  ]);
});

test('a list of commands that no worker may send is refused, and the task stays at work', () => {
  const { bench, task } = atWork();
  const refuse = (...commands: Command[]): string => {
    const { status, message } = refusal(bench.send(completionOf(task, commands)));
    assert.equal(status, GrpcStatus.InvalidArgument);
    return message;
  };
  assert.equal(refuse({ commandType: 99 as 1 }), 'unknown command type: 99');
  assert.equal(refuse({}), 'unknown command type: Unspecified');
  assert.equal(
    refuse(completeWorkflow(), startTimer('a', 1)),
    'invalid command sequence: [CompleteWorkflowExecution, StartTimer], command CompleteWorkflowExecution must be the last command.',
  );
  assert.equal(
    refuse(startTimer('a', 1), outward.fail('x'), outward.continueAsNew()),
    'invalid command sequence: [StartTimer, FailWorkflowExecution, ContinueAsNewWorkflowExecution], command FailWorkflowExecution must be the last command.',
  );
  bench.ok(completionOf(task, [completeWorkflow()]));
});

test('a command that no history may hold ends the run', () => {
  const bench = new Bench({ limits: { blobSizeBytesMax: 100 } });
  bench.start();
  const task = bench.workflowTask();
  bench.signal('not seen yet');
  const { failure } = bench.complete([outward.fail('x'.repeat(101))], {}, task);
  assert.equal(failure?.message, 'UnhandledCommand');
  const second = bench.complete([outward.fail('x'.repeat(101))]);
  const message =
    'BadFailWorkflowExecutionAttributes: FailWorkflowExecutionCommandAttributes.Failure exceeds size limit.';
  assert.equal(second.failure?.message, message);
  assert.deepEqual(bench.history(8), ['8 WorkflowTaskFailed', '9 WorkflowExecutionTerminated']);
  const terminated = bench.last(EventType.WorkflowExecutionTerminated).workflowExecutionTerminatedEventAttributes;
  assert.deepEqual(terminated, { reason: message, identity: 'history-service', details: undefined });
});

test('what came while the task ran is seen by the next', () => {
  const { bench, task } = atWork();
  bench.ok(signalOf('news'));
  const completion = bench.complete([startTimer('a', 60)], {}, task);
  assert.equal(completion.nextTask, undefined);
  assert.deepEqual(bench.history(4), [
    '4 WorkflowTaskCompleted',
    '5 TimerStarted',
    '6 WorkflowExecutionSignaled',
    '7 WorkflowTaskScheduled',
  ]);
  assert.equal(bench.offers('offerWorkflowTask').length, 1);
});

test('the next task goes back with the reply to the worker that wants it so', () => {
  const { bench, task } = atWork();
  bench.ok(signalOf('news'));
  const { nextTask } = bench.complete([], { returnNewWorkflowTask: true }, task);
  assert.ok(nextTask);
  assert.deepEqual(bench.history(5), [
    '5 WorkflowExecutionSignaled',
    '6 WorkflowTaskScheduled',
    '7 WorkflowTaskStarted',
  ]);
  const started = bench.last(EventType.WorkflowTaskStarted).workflowTaskStartedEventAttributes;
  assert.equal(started?.requestId, 'request-from-RespondWorkflowTaskCompleted');
  assert.equal(started?.identity, 'workflow-worker');
  assert.deepEqual(bench.offers('offerWorkflowTask'), []);
  // It has the run in its hands: history begins behind what it has seen.
  assert.deepEqual([nextTask.sticky, nextTask.previousStartedEventId], [true, 3]);
  const last = bench.complete([completeWorkflow()], { returnNewWorkflowTask: true }, nextTask);
  assert.equal(last.nextTask, undefined);
});

test('a worker whose commands were bad gets no next task with the refusal', () => {
  const { bench, task } = atWork();
  const { failure, nextTask } = bench.complete([startTimer('', 60)], { returnNewWorkflowTask: true }, task);
  assert.ok(failure);
  assert.equal(nextTask, undefined);
  assert.equal(bench.offers('offerWorkflowTask').length, 1);
});

test('long histories: the worker is told to continue as new, and why', () => {
  const bench = new Bench({ limits: { historyCountSuggest: 7, historySizeSuggestBytes: 100_000 } });
  bench.start();
  const suggested = () => bench.last(EventType.WorkflowTaskStarted).workflowTaskStartedEventAttributes;
  bench.complete([]);
  assert.equal(suggested()?.suggestContinueAsNew, false);
  assert.equal(suggested()?.historySizeBytes, bench.events().slice(0, 2).reduce(sizeOf, 0));
  bench.signal('wake up');
  const task = bench.workflowTask();
  assert.equal(task.task.startedEventId, 7);
  assert.equal(suggested()?.suggestContinueAsNew, true);
  assert.deepEqual(suggested()?.suggestContinueAsNewReasons, [SuggestContinueAsNewReason.TooManyHistoryEvents]);
});

test('a later attempt is told so when it is taken, and it is recorded as it was told', () => {
  const bench = new Bench({ limits: { historyCountSuggest: 6 } });
  bench.start();
  bench.ok(failureOf(bench.workflowTask()));
  const told = bench.workflowTask().transientEvents[1]?.workflowTaskStartedEventAttributes;
  assert.equal(told?.suggestContinueAsNew, false);
  assert.equal(told?.historySizeBytes, bench.events().reduce(sizeOf, 0));
});

function sizeOf(bytes: number, event: object): number {
  return bytes + JSON.stringify(event).length;
}
