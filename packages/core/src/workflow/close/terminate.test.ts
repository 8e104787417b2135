import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventType, WorkflowExecutionStatus, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import { GrpcStatus } from '../../kernel/rejection.ts';
import { outward } from '../testing-family.ts';
import { failureOf, signalOf, terminateOf } from '../testing-requests.ts';
import { Bench, command, payloads, refusal } from '../testing.ts';

test('a run ends at once, with what the caller says', () => {
  const bench = new Bench();
  bench.start();
  bench.advance(2_000);
  const links = [{ batchJob: { jobId: 'job' } }];
  const said = { reason: 'enough', identity: 'operator', details: payloads('because') };
  assert.deepEqual(bench.ok(terminateOf({ ...said, links })), { runId: bench.run.runId });
  assert.deepEqual(bench.history(2), ['2 WorkflowTaskScheduled', '3 WorkflowExecutionTerminated']);
  const event = bench.last(EventType.WorkflowExecutionTerminated);
  assert.deepEqual(event.links, links);
  assert.deepEqual(event.workflowExecutionTerminatedEventAttributes, said);
  const { lifecycle } = bench.run;
  assert.equal(lifecycle.status, WorkflowExecutionStatus.Terminated);
  assert.equal(lifecycle.closedAtMs, bench.nowMs);
  assert.equal(lifecycle.closeEventId, 3);
});

test('a closed run is in visibility with how long it has become', () => {
  const bench = new Bench();
  bench.start();
  bench.ok(terminateOf());
  const row = bench.effects.flatMap((effect) => (effect.kind === 'indexVisibility' ? [effect.record] : [])).at(-1);
  assert.equal(row?.status, WorkflowExecutionStatus.Terminated);
  assert.equal(row?.closeTimeMs, bench.nowMs);
  assert.equal(row?.historyLength, 3);
  assert.equal(row?.historySizeBytes, bench.run.historySizeBytes);
});

test('a task at work is failed first, and what it has not seen goes into the history', () => {
  const bench = new Bench();
  bench.start();
  bench.workflowTask();
  bench.ok(signalOf('unseen'));
  bench.ok(terminateOf());
  assert.deepEqual(bench.history(4), [
    '4 WorkflowTaskFailed',
    '5 WorkflowExecutionSignaled',
    '6 WorkflowExecutionTerminated',
  ]);
  assert.deepEqual(bench.last(EventType.WorkflowTaskFailed).workflowTaskFailedEventAttributes, {
    scheduledEventId: 2,
    startedEventId: 3,
    cause: WorkflowTaskFailedCause.ForceCloseCommand,
    failure: undefined,
    identity: 'history-service',
    binaryChecksum: undefined,
    workerVersion: undefined,
  });
});

test('a later attempt leaves no trace, at work or not', () => {
  for (const atWork of [true, false]) {
    const bench = new Bench();
    bench.start();
    bench.ok(failureOf(bench.workflowTask()));
    if (atWork) {
      bench.workflowTask();
      bench.ok(signalOf('unseen'));
    }
    bench.ok(terminateOf());
    const unseen = atWork ? ['5 WorkflowExecutionSignaled'] : [];
    assert.deepEqual(bench.history(5), [...unseen, `${atWork ? 6 : 5} WorkflowExecutionTerminated`]);
  }
});

test('nothing of a closed run is due any more', () => {
  const bench = new Bench();
  bench.start({ workflowRunTimeout: { seconds: 100 } });
  bench.complete([command.startTimer('a', 10), command.scheduleActivity('b')]);
  bench.ok(terminateOf());
  const { length } = bench.events();
  bench.advance(1_000_000);
  bench.ok({ kind: 'wake', runId: '' });
  assert.equal(bench.events().length, length);
  assert.deepEqual([bench.run.timers.size, bench.run.activities.size], [0, 0]);
});

test('a run that has closed is refused', () => {
  const bench = new Bench();
  bench.start();
  bench.complete([command.completeWorkflow()]);
  const refused = refusal(bench.send(terminateOf()));
  assert.equal(refused.status, GrpcStatus.NotFound);
  assert.equal(refused.message, 'workflow execution already completed');
});

test('a run that nobody knows is refused', () => {
  const bench = new Bench();
  assert.equal(refusal(bench.send(terminateOf())).message, 'workflow not found for ID: workflow');
  bench.start();
  assert.equal(
    refusal(bench.send(terminateOf({ runId: 'unknown' }))).message,
    'workflow execution not found for workflow ID "workflow" and run ID "unknown"',
  );
});

test('a chain is ended in whichever run it is, the run id notwithstanding', () => {
  const bench = new Bench();
  const first = bench.start();
  bench.complete([outward.continueAsNew()]);
  const second = bench.run;
  const { runId } = bench.ok(terminateOf({ runId: 'any', firstRunId: first.runId }));
  assert.equal(runId, second.runId);
  bench.start();
  for (const firstRunId of [first.runId, 'unknown']) {
    const refused = refusal(bench.send(terminateOf({ firstRunId })));
    assert.equal(refused.message, 'workflow execution not found');
  }
  assert.equal(bench.run.lifecycle.status, WorkflowExecutionStatus.Running);
});

test('of a closed run the caller hears that it is closed, whatever chain was meant', () => {
  const bench = new Bench();
  bench.start();
  bench.complete([command.completeWorkflow()]);
  const refused = refusal(bench.send(terminateOf({ firstRunId: 'unknown' })));
  assert.equal(refused.message, 'workflow execution already completed');
});

test('a request for a child only spares everyone else', () => {
  const bench = new Bench();
  bench.start();
  const childWorkflowOnly = { parent: { workflowId: 'parent', runId: 'run' } };
  assert.equal(refusal(bench.send(terminateOf({ childWorkflowOnly }))).message, 'workflow parent does not match');
});
