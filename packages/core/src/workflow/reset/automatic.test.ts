import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventType, WorkflowExecutionStatus, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import { isRejection, reject } from '../../kernel/rejection.ts';
import { outward } from '../testing-family.ts';
import { Bench, command } from '../testing.ts';
import type { ResetInput } from './reset-input.ts';

function completeBy(bench: Bench, binaryChecksum: string): void {
  bench.complete([], { binaryChecksum, forceCreateNewWorkflowTask: true });
}

/** The resets on their way. */
function resets(bench: Bench): ResetInput[] {
  return bench.effects.flatMap((effect) =>
    effect.kind === 'deliver' && 'input' in effect.delivery && effect.delivery.input.kind === 'reset'
      ? [effect.delivery.input]
      : [],
  );
}

/** A run whose second binary is given up after it has worked on it. */
function withBadBinary(): Bench {
  const bench = new Bench();
  bench.start();
  completeBy(bench, 'good');
  completeBy(bench, 'bad');
  bench.badBinaries = { bad: 'it loses orders' };
  return bench;
}

test('a run on which a bad binary worked begins anew from where that came in, at its next change', () => {
  const bench = withBadBinary();
  const base = bench.run;
  assert.deepEqual(resets(bench), []);
  bench.signal('one');
  bench.signal('two');
  const [input] = resets(bench);
  assert.ok(input !== undefined);
  assert.equal(resets(bench).length, 1);
  assert.deepEqual(
    [input.runId, input.finishEventId, input.reason, input.owedBy],
    [base.runId, 7, 'it loses orders', base.runId],
  );
  bench.reset(input.finishEventId, input);
  assert.equal(base.lifecycle.status, WorkflowExecutionStatus.Terminated);
  assert.deepEqual(bench.history(6), [
    '6 WorkflowTaskStarted',
    '7 WorkflowTaskFailed',
    '8 WorkflowExecutionSignaled',
    '9 WorkflowExecutionSignaled',
    '10 WorkflowTaskScheduled',
  ]);
  const { failure } = bench.last(EventType.WorkflowTaskFailed).workflowTaskFailedEventAttributes ?? {};
  assert.equal(failure?.message, 'it loses orders');
  completeBy(bench, 'better');
  assert.equal(resets(bench).length, 1);
});

test('the reset that comes twice, or after the run has closed, changes nothing', () => {
  const bench = withBadBinary();
  bench.signal('one');
  const [input] = resets(bench);
  assert.ok(input !== undefined);
  bench.ok({
    kind: 'terminate',
    runId: '',
    firstRunId: '',
    reason: '',
    identity: '',
    links: [],
    details: undefined,
    childWorkflowOnly: undefined,
  });
  assert.ok(isRejection(bench.reset(input.finishEventId, input)));
  assert.equal(bench.run.runId, input.owedBy);
});

test('a reset that cannot be done is given up, and the point with it', () => {
  const bench = withBadBinary();
  bench.signal('one');
  const answer = reject.notFound('workflow not found for ID: workflow');
  bench.ok({ kind: 'settle', runId: bench.run.runId, key: 'reset', answer });
  bench.signal('two');
  assert.equal(resets(bench).length, 1);
  assert.deepEqual(
    bench.run.lifecycle.resetPoints?.map(({ resettable }) => resettable),
    [true, false],
  );
});

test('a run with children waits for them; a point that has expired is none', () => {
  const bench = new Bench();
  bench.start();
  completeBy(bench, 'bad');
  bench.complete([outward.startChild('child')], { forceCreateNewWorkflowTask: true });
  bench.badBinaries = { bad: '' };
  bench.signal('one');
  assert.deepEqual(resets(bench), []);

  const chain = new Bench();
  const first = chain.start();
  chain.complete([outward.continueAsNew()], { binaryChecksum: 'bad' });
  chain.advance(2 * 86_400_000);
  chain.badBinaries = { bad: '' };
  chain.signal('late');
  assert.deepEqual(resets(chain), []);

  const soon = new Bench();
  const started = soon.start();
  soon.complete([outward.continueAsNew()], { binaryChecksum: 'bad' });
  soon.badBinaries = { bad: '' };
  soon.signal('soon');
  assert.equal(resets(soon)[0]?.runId, started.runId);
  assert.notEqual(soon.run.runId, first.runId);
});

test('what a bad binary completes fails, once; after that the task waits for its timeout', () => {
  const bench = new Bench();
  bench.start();
  bench.badBinaries = { bad: '' };
  const first = bench.complete([command.completeWorkflow()], { binaryChecksum: 'bad' });
  assert.equal('failure' in first && first.failure?.message, 'BadBinary: binary bad is marked as bad deployment');
  const { cause, binaryChecksum } = bench.last(EventType.WorkflowTaskFailed).workflowTaskFailedEventAttributes ?? {};
  assert.deepEqual([cause, binaryChecksum], [WorkflowTaskFailedCause.BadBinary, 'bad']);
  const task = bench.workflowTask();
  const request = { binaryChecksum: 'bad', commands: [] };
  const again = bench.send({ kind: 'completeWorkflowTask', runId: '', task: task.task, request, updateMessages: [] });
  assert.ok(isRejection(again));
  assert.equal(bench.history().length, 4);
});
