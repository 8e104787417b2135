import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallbackState, EventType, WorkflowIdConflictPolicy } from '@perdure/proto/enums';
import type { HistoryEvent } from '@perdure/proto/types';
import type { OutsideCall } from '../../aggregate/delivery.ts';
import type { SettleInput } from '../../aggregate/settle.ts';
import { reject } from '../../kernel/rejection.ts';
import { outward } from '../testing-family.ts';
import { startOf, terminateOf } from '../testing-requests.ts';
import { Bench, command, START_MS } from '../testing.ts';
import { owes } from '../outbox.ts';
import { wakeAtMs } from '../wake.ts';

const CALLBACK = { nexus: { url: 'http://there/callback', header: { token: 'secret' } } };

/** Takes what has to go out. */
function calls(bench: Bench): OutsideCall[] {
  const taken = bench.effects.flatMap((effect) =>
    effect.kind === 'deliver' && 'call' in effect.delivery ? [effect.delivery] : [],
  );
  bench.effects = bench.effects.filter(({ kind }) => kind !== 'deliver');
  return taken;
}

function closeOf({ call: { end } }: OutsideCall): HistoryEvent {
  assert.ok(!('outcome' in end));
  return end;
}

function answer(bench: Bench, key: string, given: SettleInput['answer']): void {
  bench.ok({ kind: 'settle', runId: '', key, answer: given });
}

function states(bench: Bench): CallbackState[] {
  return (bench.run.callbacks ?? []).map(({ progress }) => progress.state);
}

test('whoever asked for it at the start is told of the close, once', () => {
  const bench = new Bench();
  bench.start({ completionCallbacks: [CALLBACK] });
  assert.deepEqual(states(bench), [CallbackState.Standby]);
  bench.complete([command.completeWorkflow()]);
  const [call] = calls(bench);
  assert.equal(call?.key, 'callback:start-0');
  assert.deepEqual([call.call.url, call.call.header], [CALLBACK.nexus.url, CALLBACK.nexus.header]);
  assert.equal(closeOf(call).eventType, EventType.WorkflowExecutionCompleted);
  assert.deepEqual(call.call.about?.eventRef, { eventId: 1, eventType: EventType.WorkflowExecutionStarted });
  assert.equal(owes(bench.run), true);
  answer(bench, call.key, { runId: '' });
  answer(bench, call.key, reject.unavailable('the same answer, late'));
  assert.deepEqual(states(bench), [CallbackState.Succeeded]);
  assert.equal(owes(bench.run), false);
  assert.equal(wakeAtMs(bench.run), undefined);
});

test('what may pass is tried again, later and later; meanwhile the run owes nothing and only waits', () => {
  const bench = new Bench({ limits: { callbackRetryMaximumMs: 3_000 } });
  bench.start({ completionCallbacks: [CALLBACK] });
  bench.ok(terminateOf());
  let latestMs = 1_000;
  for (const random of [0, 0.5, 0.999, 0]) {
    bench.random = random;
    const waitMs = Math.floor(latestMs * (0.8 + 0.2 * random));
    latestMs = Math.min(latestMs * 2, 3_000);
    const [call] = calls(bench);
    assert.ok(call);
    answer(bench, call.key, reject.unavailable('not now'));
    assert.equal(owes(bench.run), false);
    assert.equal(wakeAtMs(bench.run), bench.nowMs + waitMs);
    bench.advance(waitMs - 1);
    assert.deepEqual(calls(bench), []);
    bench.advance(1);
  }
  const [callback] = bench.run.callbacks ?? [];
  assert.deepEqual(callback?.progress, {
    state: CallbackState.Scheduled,
    attempt: 4,
    lastAttemptAtMs: START_MS + 800 + 1_800 + 2_999,
    lastFailure: { message: 'not now', applicationFailureInfo: { nonRetryable: false } },
  });
});

test('what will not pass is not tried again', () => {
  const bench = new Bench();
  bench.start({ completionCallbacks: [CALLBACK] });
  bench.ok(terminateOf());
  const [call] = calls(bench);
  answer(bench, call?.key ?? '', reject.failedPrecondition('never'));
  assert.deepEqual(states(bench), [CallbackState.Failed]);
  assert.equal(wakeAtMs(bench.run), undefined);
});

test('one that is attached to a run has the request that attached it, and goes with the chain to its end', () => {
  const bench = new Bench({ limits: { callbacksMax: 2 } });
  bench.start({ completionCallbacks: [CALLBACK] });
  const attach = (requestId: string) =>
    bench.send(
      startOf(bench, {
        requestId,
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.UseExisting,
        completionCallbacks: [{ nexus: { url: 'http://elsewhere' } }],
        onConflictOptions: { attachRequestId: true, attachCompletionCallbacks: true },
      }),
    );
  const first = bench.run;
  attach('second');
  attach('second');
  assert.deepEqual(
    first.callbacks?.map(({ id }) => id),
    ['start-0', 'second-0'],
  );
  assert.deepEqual(
    attach('third'),
    reject.failedPrecondition('cannot attach more than 2 callbacks to a workflow (2 callbacks already attached)'),
  );
  bench.complete([outward.continueAsNew()]);
  assert.deepEqual(calls(bench), []);
  assert.equal(bench.run.callbacks?.length, 2);
  bench.ok(terminateOf());
  assert.deepEqual(
    calls(bench).map(({ key }) => key),
    ['callback:start-0', 'callback:start-1'],
  );
});

test('the event that a callback was attached with may not have its id yet: the link names the request', () => {
  const bench = new Bench();
  bench.start();
  const task = bench.workflowTask();
  bench.ok(
    startOf(bench, {
      requestId: 'second',
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.UseExisting,
      completionCallbacks: [CALLBACK],
      onConflictOptions: { attachRequestId: true, attachCompletionCallbacks: true },
    }),
  );
  bench.complete([], {}, task);
  bench.ok(terminateOf());
  assert.deepEqual(calls(bench)[0]?.call.about?.requestIdRef, {
    requestId: 'second',
    eventType: EventType.WorkflowExecutionOptionsUpdated,
  });
});

test('a run that is reset tells nobody; the one that comes of it does', () => {
  const bench = new Bench();
  bench.start({ completionCallbacks: [CALLBACK] });
  bench.complete([command.startTimer('t', 60)]);
  bench.reset(4);
  assert.deepEqual(calls(bench), []);
  assert.deepEqual(states(bench), [CallbackState.Standby]);
  bench.ok(terminateOf());
  assert.equal(calls(bench).length, 1);
});

test('a run that ends for the reset of one of another chain tells those who wait for its own chain', () => {
  const bench = new Bench();
  const first = bench.start();
  bench.complete([command.completeWorkflow()]);
  const displaced = bench.start({ completionCallbacks: [CALLBACK] });
  bench.reset(4, { runId: first.runId });
  const [call, ...others] = calls(bench);
  assert.deepEqual(others, []);
  assert.equal(call?.call.about?.runId, displaced.runId);
  assert.equal(closeOf(call).eventType, EventType.WorkflowExecutionTerminated);
  assert.equal(displaced.callbacks?.[0]?.progress.state, CallbackState.Scheduled);
  assert.equal(bench.run.callbacks, undefined);
});
