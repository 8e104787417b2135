import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventType, WorkflowExecutionStatus } from '@perdure/proto/enums';
import { outward } from '../testing-family.ts';
import { cancelOf, failureOf, terminateOf } from '../testing-requests.ts';
import { Bench, command, payloads, refusal } from '../testing.ts';

test('a request to cancel is recorded, and wakes the workflow, which may do as it likes', () => {
  const bench = new Bench();
  bench.start();
  bench.complete([]);
  const links = [{ batchJob: { jobId: 'job' } }];
  bench.ok(cancelOf({ reason: 'enough', identity: 'operator', requestId: 'r', links }));
  assert.deepEqual(bench.history(5), ['5 WorkflowExecutionCancelRequested', '6 WorkflowTaskScheduled']);
  const event = bench.last(EventType.WorkflowExecutionCancelRequested);
  assert.deepEqual(event.links, links);
  assert.deepEqual(event.workflowExecutionCancelRequestedEventAttributes, {
    cause: 'enough',
    identity: 'operator',
    externalWorkflowExecution: undefined,
    externalInitiatedEventId: undefined,
  });
  bench.complete([command.completeWorkflow()]);
  assert.equal(bench.run.lifecycle.status, WorkflowExecutionStatus.Completed);
});

test('a workflow that gives in is canceled, with its details', () => {
  const bench = new Bench();
  bench.start();
  bench.ok(cancelOf());
  bench.complete([outward.cancelWorkflow({ details: payloads('stopped') })]);
  assert.deepEqual(bench.last(EventType.WorkflowExecutionCanceled).workflowExecutionCanceledEventAttributes, {
    details: payloads('stopped'),
    workflowTaskCompletedEventId: 5,
  });
  assert.equal(bench.run.lifecycle.status, WorkflowExecutionStatus.Canceled);
});

test('a workflow may cancel itself unasked', () => {
  const bench = new Bench();
  bench.start();
  bench.complete([outward.cancelWorkflow()]);
  assert.equal(bench.run.lifecycle.status, WorkflowExecutionStatus.Canceled);
});

test('a second request changes nothing, whoever it is from, seen or not', () => {
  const bench = new Bench();
  bench.start();
  const task = bench.workflowTask();
  bench.ok(cancelOf({ requestId: 'a' }));
  bench.ok(cancelOf({ requestId: 'b' }));
  bench.complete([], {}, task);
  bench.ok(cancelOf({ requestId: 'c' }));
  assert.deepEqual(bench.history(5), ['5 WorkflowExecutionCancelRequested', '6 WorkflowTaskScheduled']);
});

test('a request that comes before a later attempt makes that a first one', () => {
  const bench = new Bench();
  bench.start();
  bench.ok(failureOf(bench.workflowTask()));
  bench.ok(cancelOf());
  assert.equal(bench.workflowTask().task.attempt, 1);
  assert.deepEqual(bench.history(5), [
    '5 WorkflowExecutionCancelRequested',
    '6 WorkflowTaskScheduled',
    '7 WorkflowTaskStarted',
  ]);
});

test('a closed run is canceled enough', () => {
  const bench = new Bench();
  bench.start();
  bench.ok(terminateOf());
  assert.deepEqual(bench.ok(cancelOf()), { runId: bench.run.runId });
  const childWorkflowOnly = { parent: { workflowId: 'parent', runId: 'run' } };
  bench.ok(cancelOf({ childWorkflowOnly }));
  assert.equal(bench.events().length, 3);
});

test('a run that is asked for by its chain, or meant as a child only, must be so', () => {
  const bench = new Bench();
  assert.equal(refusal(bench.send(cancelOf())).message, 'workflow not found for ID: workflow');
  const first = bench.start();
  assert.equal(refusal(bench.send(cancelOf({ firstRunId: 'other' }))).message, 'workflow execution not found');
  const childWorkflowOnly = { parent: { workflowId: 'parent', runId: 'run' } };
  assert.equal(refusal(bench.send(cancelOf({ childWorkflowOnly }))).message, 'workflow parent does not match');
  bench.complete([outward.continueAsNew()]);
  bench.ok(cancelOf({ runId: 'any', firstRunId: first.runId }));
  assert.equal(bench.run.lifecycle.cancelRequested, true);
});

test('the next run of a chain has not been asked to cancel', () => {
  const bench = new Bench();
  bench.start();
  bench.ok(cancelOf());
  bench.complete([outward.continueAsNew()]);
  assert.equal(bench.run.lifecycle.cancelRequested, false);
  bench.ok(cancelOf());
  assert.deepEqual(bench.history(2), ['2 WorkflowExecutionCancelRequested', '3 WorkflowTaskScheduled']);
});
