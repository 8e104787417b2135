import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventType, WorkflowExecutionStatus } from '@perdure/proto/enums';
import { workflowMachine } from '../machine.ts';
import { Family, outward } from '../testing-family.ts';
import { terminateOf } from '../testing-requests.ts';
import { Bench, refusal } from '../testing.ts';

const RETENTION_MS = 86_400_000;

const remove = (runId = '') => ({ kind: 'delete', runId }) as const;

const dueAtMs = ({ run }: Bench) => workflowMachine.removeAtMs(run, RETENTION_MS);

test('an open run is ended first, and stays a moment for those who wait for its end', () => {
  const bench = new Bench();
  bench.start();
  bench.ok(remove());
  assert.equal(bench.run.lifecycle.status, WorkflowExecutionStatus.Terminated);
  const { reason, identity } =
    bench.last(EventType.WorkflowExecutionTerminated).workflowExecutionTerminatedEventAttributes ?? {};
  assert.deepEqual({ reason, identity }, { reason: 'Delete workflow execution', identity: 'history-service' });
  assert.equal(dueAtMs(bench), bench.nowMs + 1_000);
});

test('a closed run goes at once; asking again changes nothing', () => {
  const bench = new Bench();
  bench.start();
  bench.ok(terminateOf());
  assert.equal(dueAtMs(bench), bench.nowMs + RETENTION_MS, 'after its retention unless somebody asks');
  bench.advance(5_000);
  const askedAtMs = bench.nowMs;
  bench.ok(remove());
  bench.advance(5_000);
  const before = bench.run.nextEventId;
  bench.ok(remove(bench.run.runId));
  assert.equal(dueAtMs(bench), askedAtMs);
  assert.equal(bench.run.nextEventId, before);
});

test('a deletion that was asked for long after the retention does not put it off', () => {
  const bench = new Bench();
  bench.start();
  bench.ok(terminateOf());
  const closedAtMs = bench.nowMs;
  bench.advance(2 * RETENTION_MS);
  bench.ok(remove());
  assert.equal(dueAtMs(bench), closedAtMs + RETENTION_MS);
});

test('an open run is never due', () => {
  const bench = new Bench();
  bench.start();
  assert.equal(dueAtMs(bench), undefined);
});

test('the parent of a deleted child hears that it was terminated before the child goes', () => {
  const family = new Family();
  const parent = family.member('parent');
  parent.start();
  parent.complete([outward.startChild('child')]);
  family.deliver();
  const child = family.member('child');
  child.ok(remove());
  assert.equal(workflowMachine.owes(child.run), true, 'it is not removed yet');
  family.deliver();
  assert.equal(workflowMachine.owes(child.run), false);
  assert.ok(parent.last(EventType.ChildWorkflowExecutionTerminated));
});

test('what is not there cannot be deleted', () => {
  const bench = new Bench();
  assert.equal(refusal(bench.send(remove())).message, `workflow not found for ID: ${bench.workflowId}`);
  bench.start();
  const runId = '00000000-0000-4000-8000-000000000000';
  assert.equal(
    refusal(bench.send(remove(runId))).message,
    `workflow execution not found for workflow ID "${bench.workflowId}" and run ID "${runId}"`,
  );
});
