import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  EventType,
  SuggestContinueAsNewReason,
  WorkflowExecutionStatus,
  WorkflowIdConflictPolicy,
} from '@perdure/proto/enums';
import { Bench, command, payloadsOf, refusal } from '../testing.ts';
import { signalOf, signalWithStartOf, startOf } from '../testing-requests.ts';

const COUNT = 'Workflow history count exceeds limit.';
const SIZE = 'Workflow history size exceeds limit.';
const STATE = 'Workflow mutable state size exceeds limit.';

/** How the run ended. */
function reasonOf(bench: Bench): string | undefined {
  return bench.last(EventType.WorkflowExecutionTerminated).workflowExecutionTerminatedEventAttributes?.reason;
}

test('a run with too many events ends instead of taking one more, and the caller is told', () => {
  const bench = new Bench({ limits: { historyCountMax: 4 } });
  bench.start();
  for (const name of ['a', 'b', 'c']) bench.signal(name);
  assert.equal(refusal(bench.send(signalOf('d'))).message, COUNT);
  assert.equal(bench.history().at(-1), '6 WorkflowExecutionTerminated');
  assert.equal(reasonOf(bench), COUNT);
  assert.equal(refusal(bench.send(signalOf('e'))).message, 'workflow execution already completed');
});

test('so it is by a signal with start, and by what a start attaches to it', () => {
  const signaled = new Bench({ limits: { historyCountMax: 4 } });
  signaled.start();
  for (const name of ['a', 'b', 'c']) signaled.ok(signalWithStartOf(signaled, name, { requestId: name }));
  assert.equal(refusal(signaled.send(signalWithStartOf(signaled, 'd', { requestId: 'd' }))).message, COUNT);
  assert.equal(reasonOf(signaled), COUNT);
  const ended = signaled.run.runId;
  assert.notEqual(signaled.ok(signalWithStartOf(signaled, 'e', { requestId: 'e' })).runId, ended);

  const attached = new Bench({ limits: { historyCountMax: 3 } });
  attached.start();
  const attach = (requestId: string) =>
    startOf(attached, {
      requestId,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.UseExisting,
      onConflictOptions: { attachRequestId: true },
    });
  for (const requestId of ['a', 'b']) attached.ok(attach(requestId));
  assert.equal(refusal(attached.send(attach('c'))).message, COUNT);
});

test('a worker that takes or completes a task that would go beyond the limit ends the run; one that closes it does not', () => {
  const commands = Array.from({ length: 9 }, (_, index) => command.startTimer(`t${index}`, 60));
  const bench = new Bench({ limits: { historyCountMax: 10 } });
  bench.start();
  const { task, runId } = bench.workflowTask();
  const complete = { kind: 'completeWorkflowTask', runId, task } as const;
  assert.equal(refusal(bench.send({ ...complete, request: { commands } })).message, COUNT);
  assert.deepEqual(bench.history(4), ['4 WorkflowTaskFailed', '5 WorkflowExecutionTerminated']);

  const closing = new Bench({ limits: { historyCountMax: 10 } });
  closing.start();
  closing.complete([...commands, command.completeWorkflow()]);
  assert.equal(closing.run.lifecycle.status, WorkflowExecutionStatus.Completed);

  const taking = new Bench({ limits: { historyCountMax: 2 } });
  taking.start();
  const [offer] = taking.offers('offerWorkflowTask');
  const taker = { identity: 'worker', requestId: 'poll', workerVersion: undefined };
  const { scheduledEventId = 0, stamp = 0 } = offer ?? {};
  const start = { kind: 'startWorkflowTask', runId: '', scheduledEventId, stamp, taker, sticky: false } as const;
  assert.equal(refusal(taking.send(start)).message, COUNT);
  assert.equal(reasonOf(taking), COUNT);
});

test('a history or a state that is too large ends the run', () => {
  const large = new Bench({ limits: { historySizeBytesMax: 2_000 } });
  large.start({ input: payloadsOf(1_000) });
  assert.equal(refusal(large.send(signalOf('a'))).message, SIZE);

  const state = new Bench({ limits: { mutableStateSizeBytesMax: 3_000 } });
  state.start();
  state.workflowTask();
  state.ok(signalOf('a', { input: payloadsOf(2_000) }));
  assert.equal(refusal(state.send(signalOf('b'))).message, STATE);

  const heartbeats = new Bench({ limits: { mutableStateSizeBytesMax: 3_000 } });
  heartbeats.start();
  heartbeats.complete([command.scheduleActivity('a')]);
  const { scheduledEventId, attempt, stamp } = heartbeats.activityTask();
  const activity = { by: 'token', scheduledEventId, attempt, stamp } as const;
  const beat = { kind: 'heartbeat', runId: '', activity, details: payloadsOf(4_000), identity: 'heart' } as const;
  heartbeats.ok(beat);
  assert.equal(refusal(heartbeats.send(beat)).message, STATE);
});

test('a workflow task that writes more at once than may be ends the run', () => {
  const bench = new Bench({ limits: { transactionSizeBytesMax: 3_000 } });
  bench.start();
  const done = bench.complete([command.scheduleActivity('a', { input: payloadsOf(2_000) })]);
  assert.match(done.failure?.message ?? '', /^transaction size of \d+ bytes exceeds limit of 3000 bytes$/);
  assert.equal(reasonOf(bench), 'Transaction size exceeds limit.');
});

test('before a run is ended, its worker is told to continue it as new, and why', () => {
  const bench = new Bench({ limits: { historyCountSuggest: 4, historySizeSuggestBytes: 100 } });
  bench.start();
  bench.signal('a');
  bench.workflowTask();
  assert.deepEqual(
    bench.last(EventType.WorkflowTaskStarted).workflowTaskStartedEventAttributes?.suggestContinueAsNewReasons,
    [SuggestContinueAsNewReason.HistorySizeTooLarge, SuggestContinueAsNewReason.TooManyHistoryEvents],
  );
});
