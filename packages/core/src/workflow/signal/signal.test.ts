import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventType } from '@perdure/proto/enums';
import { ExhaustedCause, GrpcStatus } from '../../kernel/rejection.ts';
import { cancelOf, failureOf, signalOf, signalWithStartOf, startOf, terminateOf } from '../testing-requests.ts';
import { Bench, command, payloads, refusal } from '../testing.ts';

test('a signal is recorded with all that it brings, and wakes the workflow', () => {
  const bench = new Bench();
  bench.start();
  bench.complete([]);
  const links = [{ batchJob: { jobId: 'job' } }];
  const header = { fields: { trace: { data: new Uint8Array(1) } } };
  const content = { input: payloads('x'), header, identity: 'signaler', requestId: 'r', links };
  assert.deepEqual(bench.ok(signalOf('go', content)), { runId: bench.run.runId });
  assert.deepEqual(bench.history(5), ['5 WorkflowExecutionSignaled', '6 WorkflowTaskScheduled']);
  const event = bench.last(EventType.WorkflowExecutionSignaled);
  assert.deepEqual(event.links, links);
  assert.deepEqual(event.workflowExecutionSignaledEventAttributes, {
    signalName: 'go',
    input: payloads('x'),
    identity: 'signaler',
    header,
    externalWorkflowExecution: undefined,
    requestId: 'r',
  });
});

test('a signal finds a task that waits already', () => {
  const bench = new Bench();
  bench.start();
  bench.ok(signalOf('go'));
  assert.deepEqual(bench.history(3), ['3 WorkflowExecutionSignaled']);
  assert.equal(bench.offers('offerWorkflowTask').length, 1);
});

test('a signal with a request id that the run has seen is answered and changes nothing, open or closed', () => {
  const bench = new Bench();
  bench.start();
  bench.ok(signalOf('go', { requestId: 'a' }));
  bench.ok(signalOf('go', { requestId: 'a' }));
  bench.workflowTask();
  bench.ok(signalOf('go', { requestId: 'b' }));
  bench.ok(signalOf('go', { requestId: 'b' }));
  assert.equal(bench.run.signalCount, 2);
  bench.ok(terminateOf());
  assert.deepEqual(bench.ok(signalOf('go', { requestId: 'a' })), { runId: bench.run.runId });
  const refused = refusal(bench.send(signalOf('go', { requestId: 'c' })));
  assert.equal(refused.status, GrpcStatus.NotFound);
  assert.equal(refused.message, 'workflow execution already completed');
});

test('signals without a request id are told apart', () => {
  const bench = new Bench();
  bench.start();
  bench.ok(signalOf('go'));
  bench.ok(signalOf('go'));
  assert.equal(bench.run.signalCount, 2);
});

test('a run takes so many signals and no more; one that it has seen is answered still', () => {
  const bench = new Bench({ limits: { signalsMax: 2 } });
  bench.ok(signalWithStartOf(bench, 'first', { requestId: 'a' }));
  bench.ok(signalOf('second'));
  const refused = refusal(bench.send(signalOf('third')));
  assert.equal(refused.status, GrpcStatus.InvalidArgument);
  assert.equal(refused.message, 'exceeded workflow execution limit for signal events');
  bench.ok(signalOf('first', { requestId: 'a' }));
});

test('a limit of 0 is none', () => {
  const bench = new Bench({ limits: { signalsMax: 0 } });
  bench.start();
  bench.ok(signalOf('first'));
  assert.equal(bench.run.signalCount, 1);
});

test('a signal names a run, or means the current one', () => {
  const bench = new Bench();
  const none = refusal(bench.send(signalOf('go')));
  assert.equal(none.status, GrpcStatus.NotFound);
  assert.equal(none.message, 'workflow not found for ID: workflow');
  const first = bench.start();
  bench.ok(terminateOf());
  const second = bench.start();
  assert.equal(bench.ok(signalOf('go')).runId, second.runId);
  assert.equal(bench.ok(signalOf('go', {}, { runId: second.runId })).runId, second.runId);
  const old = refusal(bench.send(signalOf('go', {}, { runId: first.runId })));
  assert.equal(old.message, 'workflow execution already completed');
  const unknown = refusal(bench.send(signalOf('go', {}, { runId: 'unknown' })));
  assert.equal(unknown.message, 'workflow execution not found for workflow ID "workflow" and run ID "unknown"');
});

test('a signal for a child only must come from its parent, in that very run', () => {
  const bench = new Bench();
  const execution = { workflowId: 'parent', runId: 'run' };
  const parent = { namespace: 'default', namespaceId: 'namespace-id', execution, initiatedEventId: 5, root: execution };
  bench.ok({ ...startOf(bench, {}), parent });
  bench.ok(signalOf('go', {}, { childWorkflowOnly: { parent: execution } }));
  for (const other of [{ workflowId: 'other' }, { runId: 'other' }]) {
    const childWorkflowOnly = { parent: { ...execution, ...other } };
    const refused = refusal(bench.send(signalOf('go', {}, { childWorkflowOnly })));
    assert.equal(refused.status, GrpcStatus.NotFound);
    assert.equal(refused.message, 'workflow parent does not match');
  }
});

/** A run that has tried to close over a signal, and whose next task, which sees it, is at work. */
function closing() {
  const bench = new Bench();
  bench.start();
  const task = bench.workflowTask();
  bench.ok(signalOf('first'));
  bench.complete([command.completeWorkflow()], {}, task);
  return bench;
}

test('a workflow that is about to close takes no more signals, so that it can', () => {
  const bench = closing();
  bench.ok(signalOf('still in time'));
  const task = bench.workflowTask();
  for (const late of [signalOf('late'), signalWithStartOf(bench, 'late', { requestId: 'r' })]) {
    const refused = refusal(bench.send(late));
    assert.equal(refused.status, GrpcStatus.ResourceExhausted);
    assert.equal(refused.message, 'workflow operation can not be applied because workflow is closing');
    assert.equal(refused.detail?.value['cause'], ExhaustedCause.BusyWorkflow);
  }
  bench.ok(cancelOf());
  assert.equal(bench.complete([command.completeWorkflow()], {}, task).failure?.message, 'UnhandledCommand');
  bench.complete([command.completeWorkflow()]);
  assert.deepEqual(bench.history().at(-1)?.split(' ')[1], 'WorkflowExecutionCompleted');
});

test('it takes signals again once the task that was about to close it has come to another end', () => {
  for (const end of ['completed', 'failed', 'timed out', 'not taken'] as const) {
    const bench = closing();
    const task = bench.workflowTask();
    if (end === 'completed') bench.complete([], {}, task);
    else if (end === 'failed') bench.ok(failureOf(task));
    else if (end === 'not taken') bench.ok({ kind: 'returnTask', ...task.task, task: 'workflow' });
    else bench.advance(10_000);
    if (end === 'completed') bench.ok(signalOf('wake up'));
    if (end !== 'not taken') bench.workflowTask();
    assert.deepEqual(bench.ok(signalOf(end)), { runId: bench.run.runId });
  }
});
