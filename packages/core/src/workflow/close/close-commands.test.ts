import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandType, EventType, WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { Command } from '@perdure/proto/types';
import { outward } from '../testing-family.ts';
import { Bench, command, payloads } from '../testing.ts';

function closedBy(close: Command, ...before: Command[]): Bench {
  const bench = new Bench();
  bench.start();
  bench.complete([...before, close]);
  return bench;
}

test('a workflow completes with its result', () => {
  const summary = { summary: { data: new Uint8Array(1) } };
  const bench = closedBy({ ...outward.complete({ result: payloads('done') }), userMetadata: summary });
  assert.equal(bench.run.lifecycle.status, WorkflowExecutionStatus.Completed);
  const event = bench.last(EventType.WorkflowExecutionCompleted);
  assert.equal(event.userMetadata, summary);
  assert.deepEqual(event.workflowExecutionCompletedEventAttributes?.result, payloads('done'));
  assert.equal(event.workflowExecutionCompletedEventAttributes?.workflowTaskCompletedEventId, 4);
});

test('a workflow fails with its failure', () => {
  const bench = closedBy(outward.fail('broken'));
  assert.equal(bench.run.lifecycle.status, WorkflowExecutionStatus.Failed);
  const event = bench.last(EventType.WorkflowExecutionFailed);
  assert.deepEqual(event.workflowExecutionFailedEventAttributes?.failure, { message: 'broken' });
});

test('what a workflow asks for in the task that closes it is recorded, and comes to nothing', () => {
  const bench = closedBy(command.completeWorkflow(), command.startTimer('a', 1), command.scheduleActivity('b'));
  assert.deepEqual(bench.history(5), ['5 TimerStarted', '6 ActivityTaskScheduled', '7 WorkflowExecutionCompleted']);
  assert.deepEqual([bench.run.timers.size, bench.run.activities.size], [0, 0]);
  bench.advance(10_000);
  assert.equal(bench.events().length, 7);
});

test('a workflow that closes gets no task, not even one that its worker has asked for', () => {
  const bench = new Bench();
  bench.start();
  const more = { forceCreateNewWorkflowTask: true, returnNewWorkflowTask: true };
  assert.equal(bench.complete([command.completeWorkflow()], more).nextTask, undefined);
  assert.deepEqual(bench.history(5), ['5 WorkflowExecutionCompleted']);
});

test('a command without its attributes fails its task', () => {
  const messages = [
    CommandType.CompleteWorkflowExecution,
    CommandType.FailWorkflowExecution,
    CommandType.CancelWorkflowExecution,
  ].map((commandType) => {
    const bench = new Bench();
    bench.start();
    return bench.complete([{ commandType }]).failure?.message;
  });
  assert.deepEqual(messages, [
    'BadCompleteWorkflowExecutionAttributes: CompleteWorkflowExecutionCommandAttributes is not set on CompleteWorkflowExecutionCommand.',
    'BadFailWorkflowExecutionAttributes: FailWorkflowExecutionCommandAttributes is not set on FailWorkflowExecutionCommand.',
    'BadCancelWorkflowExecutionAttributes: CancelWorkflowExecutionCommandAttributes is not set on CancelWorkflowExecutionCommand.',
  ]);
});

test('a failure must be one', () => {
  const bench = new Bench();
  bench.start();
  const { failure } = bench.complete([
    { commandType: CommandType.FailWorkflowExecution, failWorkflowExecutionCommandAttributes: {} },
  ]);
  assert.equal(
    failure?.message,
    'BadFailWorkflowExecutionAttributes: Failure is not set on FailWorkflowExecutionCommand.',
  );
});
