import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventType, ResetReapplyExcludeType, WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { Run } from '../run.ts';
import { Family, outward } from '../testing-family.ts';
import { Bench, command, payloads, refusal } from '../testing.ts';

/** The run that a reset has made. */
function made(bench: Bench, reply: ReturnType<Bench['reset']>): Run {
  assert.deepEqual(reply, { runId: bench.run.runId });
  return bench.run;
}

test('a closed run is reset: the new one has its first events, and its workflow task fails', () => {
  const bench = new Bench();
  const base = bench.start();
  bench.complete([command.completeWorkflow()]);
  bench.advance(5_000);
  const run = made(bench, bench.reset(4));
  assert.deepEqual(bench.history(), [
    '1 WorkflowExecutionStarted',
    '2 WorkflowTaskScheduled',
    '3 WorkflowTaskStarted',
    '4 WorkflowTaskFailed',
    '5 WorkflowTaskScheduled',
  ]);
  assert.deepEqual(bench.last(EventType.WorkflowTaskFailed).workflowTaskFailedEventAttributes, {
    scheduledEventId: 2,
    startedEventId: 3,
    cause: 20,
    failure: { message: 'a reason', resetWorkflowFailureInfo: {} },
    identity: 'history-service',
    baseRunId: base.runId,
    newRunId: run.runId,
  });
  assert.equal(base.lifecycle.resetRunId, run.runId);
  assert.equal(base.lifecycle.status, WorkflowExecutionStatus.Completed);
  assert.equal(run.lifecycle.startedAtMs, bench.nowMs);
  bench.complete([command.completeWorkflow()]);
  assert.equal(bench.run.lifecycle.status, WorkflowExecutionStatus.Completed);
});

test('an open run ends for its reset; what came to it since the point, held back or not, comes again', () => {
  const bench = new Bench();
  const base = bench.start();
  bench.complete([command.startTimer('t', 600), command.scheduleActivity('a')]);
  bench.signal('one');
  bench.workflowTask();
  bench.signal('two');
  made(bench, bench.reset(4));
  assert.deepEqual(bench.history(5, base), [
    '5 TimerStarted',
    '6 ActivityTaskScheduled',
    '7 WorkflowExecutionSignaled',
    '8 WorkflowTaskScheduled',
    '9 WorkflowTaskStarted',
    '10 WorkflowTaskFailed',
    '11 WorkflowExecutionSignaled',
    '12 WorkflowExecutionTerminated',
  ]);
  assert.deepEqual(bench.history(4), [
    '4 WorkflowTaskFailed',
    '5 WorkflowExecutionSignaled',
    '6 WorkflowExecutionSignaled',
    '7 WorkflowTaskScheduled',
  ]);
  assert.equal(bench.run.timers.size + bench.run.activities.size, 0);
});

test('timers and activities from before the point go on: the timer as it was, the activity from its beginning', () => {
  const bench = new Bench();
  bench.start();
  bench.complete([command.startTimer('t', 60), command.scheduleActivity('a')]);
  bench.activityTask();
  bench.signal('one');
  bench.advance(10_000);
  bench.workflowTask();
  made(bench, bench.reset(9));
  const [activity] = bench.run.activities.values();
  assert.equal(activity?.scheduledAtMs, bench.nowMs);
  assert.equal(bench.activityTask().attempt, 1);
  bench.advance(50_000);
  assert.equal(bench.history().at(-1), '12 TimerFired');
});

test('the point may be a task that is only scheduled, or one that is tried again', () => {
  const scheduled = new Bench();
  scheduled.start();
  scheduled.workflowTask();
  made(scheduled, scheduled.reset(3));
  assert.deepEqual(scheduled.history(3), ['3 WorkflowTaskStarted', '4 WorkflowTaskFailed', '5 WorkflowTaskScheduled']);
  assert.equal(
    scheduled.last(EventType.WorkflowTaskStarted).workflowTaskStartedEventAttributes?.identity,
    'history-service',
  );
});

test('what may be excluded is not carried over', () => {
  const bench = new Bench();
  bench.start();
  bench.complete([command.startTimer('t', 600)]);
  bench.signal('later');
  made(bench, bench.reset(4, { excluded: new Set([ResetReapplyExcludeType.Signal]) }));
  assert.deepEqual(bench.history(5), ['5 WorkflowTaskScheduled']);
});

test('over a chain of runs: the signals of all that continued the run come to the new one', () => {
  const bench = new Bench();
  const base = bench.start();
  bench.complete([]);
  bench.signal('first');
  bench.signal('again', 'the same request');
  bench.complete([outward.continueAsNew()]);
  bench.advance(1_000);
  bench.signal('second');
  bench.signal('again', 'the same request');
  const second = bench.run;
  made(bench, bench.reset(4, { runId: base.runId }));
  assert.equal(second.lifecycle.status, WorkflowExecutionStatus.Terminated);
  assert.equal(second.lifecycle.resetRunId, undefined);
  assert.deepEqual(
    bench.events().flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName ?? []),
    ['first', 'again', 'second'],
  );
});

test('the same request is answered with the run that it made; another makes another', () => {
  const bench = new Bench();
  bench.start({ requestId: 'start' });
  bench.complete([]);
  const first = made(bench, bench.reset(4, { requestId: 'again' }));
  assert.deepEqual(bench.reset(4, { requestId: 'again' }), { runId: first.runId });
  assert.deepEqual(first.lifecycle.requestIds.get('start'), {
    eventType: EventType.WorkflowExecutionStarted,
    eventId: 1,
  });
  const second = made(bench, bench.reset(4, { requestId: 'other' }));
  const [base] = first.lifecycle.origin?.ancestors ?? [];
  assert.deepEqual(bench.reset(4, { runId: base?.runId ?? '', requestId: 'again' }), { runId: first.runId });
  assert.equal(first.lifecycle.resetRunId, second.runId);
  assert.deepEqual(second.lifecycle.origin?.ancestors, [
    { runId: first.runId, throughEventId: 3 },
    { runId: first.lifecycle.origin?.ancestors[0]?.runId, throughEventId: 3 },
  ]);
});

test('points between which nothing can be parted are refused, and nothing happens', () => {
  const bench = new Bench();
  const base = bench.start();
  bench.complete([command.startTimer('t', 600)]);
  const outside = 'Workflow task finish ID must be > 1 && <= workflow last event ID.';
  assert.equal(refusal(bench.reset(1)).message, outside);
  assert.equal(refusal(bench.reset(6)).message, outside);
  assert.equal(
    refusal(bench.reset(5)).message,
    'StateRebuilder unable to Rebuild mutable state to event ID: 4, version: 0, this event must be at the boundary',
  );
  bench.signal('s');
  assert.equal(
    refusal(bench.reset(6)).message,
    'Can only reset workflow to event ID in range [WorkflowTaskScheduled +1, WorkflowTaskStarted + 1]: 6',
  );
  assert.equal(bench.run, base);
  assert.equal(base.lifecycle.status, WorkflowExecutionStatus.Running);
});

test('timeouts count from the reset', () => {
  const bench = new Bench();
  bench.start({ workflowExecutionTimeout: { seconds: 100 }, workflowRunTimeout: { seconds: 50 } });
  bench.complete([]);
  bench.advance(40_000);
  const { lifecycle } = made(bench, bench.reset(4));
  assert.equal(lifecycle.runExpiresAtMs, bench.nowMs + 50_000);
  assert.equal(lifecycle.executionExpiresAtMs, bench.nowMs + 100_000);
  bench.advance(50_000);
  assert.equal(bench.run.lifecycle.status, WorkflowExecutionStatus.TimedOut);
});

test("a child from before the point is the new run's: its end is told there, and the policy ends it", () => {
  for (const childCompletes of [true, false]) {
    const family = new Family();
    const parent = family.member('parent');
    const child = family.member('child');
    const base = parent.start();
    parent.complete([outward.startChild('child')]);
    family.deliver();
    parent.workflowTask();
    made(parent, parent.reset(8));
    family.deliver();
    assert.equal(child.run.lifecycle.status, WorkflowExecutionStatus.Running);
    if (childCompletes) {
      child.complete([outward.complete({ result: payloads('done') })]);
      family.deliver();
      assert.equal(parent.history().at(-1), '11 ChildWorkflowExecutionCompleted');
      assert.equal(base.children.size, 0);
    } else {
      parent.complete([outward.complete()]);
      family.deliver();
      assert.equal(child.run.lifecycle.status, WorkflowExecutionStatus.Terminated);
    }
  }
});

test('a child that closed since the point has its close carried over', () => {
  const family = new Family();
  const parent = family.member('parent');
  parent.start();
  parent.complete([outward.startChild('child')]);
  family.deliver();
  const task = parent.workflowTask();
  family.member('child').complete([outward.complete()]);
  family.deliver();
  parent.complete([], {}, task);
  made(parent, parent.reset(9));
  assert.deepEqual(parent.history(9), [
    '9 WorkflowTaskFailed',
    '10 ChildWorkflowExecutionCompleted',
    '11 WorkflowTaskScheduled',
  ]);
  assert.equal(
    parent.last(EventType.ChildWorkflowExecutionCompleted).childWorkflowExecutionCompletedEventAttributes
      ?.startedEventId,
    6,
  );
});

test('a child that closed after its parent is told to the run that a reset makes of the parent', () => {
  for (const resets of [1, 2]) {
    const family = new Family();
    const parent = family.member('parent');
    parent.start();
    parent.complete([outward.startChild('child')]);
    family.deliver();
    const { runId } = parent.run;
    parent.complete([outward.complete()]);
    family.deliver();
    assert.equal(family.member('child').run.lifecycle.status, WorkflowExecutionStatus.Terminated);
    // Of a run that was reset before: its child is that of each run which comes of it.
    for (let index = 0; index < resets; index++) made(parent, parent.reset(8, { runId }));
    assert.deepEqual(parent.history(8), [
      '8 WorkflowTaskStarted',
      '9 WorkflowTaskFailed',
      '10 ChildWorkflowExecutionTerminated',
      '11 WorkflowTaskScheduled',
    ]);
    assert.equal(parent.run.children.size, 0);
  }
});

test('a child that ended with a run which another reset has replaced is told to the run that a reset makes of that', () => {
  const family = new Family();
  const parent = family.member('parent');
  const base = parent.start();
  parent.complete([outward.startChild('child')]);
  family.deliver();
  parent.complete([]);
  const replaced = made(parent, parent.reset(8, { runId: base.runId }));
  made(parent, parent.reset(8, { runId: base.runId }));
  family.deliver();
  assert.equal(family.member('child').run.lifecycle.status, WorkflowExecutionStatus.Terminated);
  made(parent, parent.reset(9, { runId: replaced.runId }));
  assert.equal(parent.run.children.size, 0);
});

test('a child whose start the new run does not know of is found again, not started twice', () => {
  const family = new Family();
  const parent = family.member('parent');
  const child = family.member('child');
  parent.start();
  parent.complete([outward.startChild('child')], { forceCreateNewWorkflowTask: true });
  const mail = family.takeMail();
  family.deliver(mail);
  const childRunId = child.run.runId;
  parent.workflowTask();
  // The child's start is event 7, and is left out together with all that came after the point.
  assert.equal(parent.history()[6], '7 ChildWorkflowExecutionStarted');
  const base = parent.run;
  const reply = parent.reset(7);
  made(parent, reply);
  family.deliver();
  assert.equal(child.run.runId, childRunId);
  assert.equal([...parent.run.children.values()][0]?.runId, childRunId);
  assert.equal(base.lifecycle.resetRunId, parent.run.runId);
});

test('an update that was taken up since the point is on record in the new run until it is taken up again', () => {
  const bench = new Bench();
  bench.start();
  bench.complete([]);
  const request = { meta: { updateId: 'u' }, input: { name: 'update' } };
  bench.ok({ kind: 'admitUpdate', runId: '', firstRunId: '', updateId: 'u', request });
  const answer = (acceptedRequest?: typeof request) => [
    {
      id: 'm1',
      updateId: 'u',
      sizeBytes: 1,
      body: {
        kind: 'acceptance',
        acceptance: { acceptedRequestMessageId: 'u/request', acceptedRequestSequencingEventId: 2, acceptedRequest },
      } as const,
    },
  ];
  bench.complete([], {}, bench.workflowTask(), answer(request));
  made(bench, bench.reset(4));
  assert.equal(bench.history()[4], '5 WorkflowExecutionUpdateAdmitted');
  const known = bench.ok({ kind: 'admitUpdate', runId: '', firstRunId: '', updateId: 'u', request });
  assert.equal(known.stage, 'admitted');
  const task = bench.workflowTask();
  assert.deepEqual(task.updates, []);
  bench.complete([], {}, task, answer(request));
  const accepted = bench.last(EventType.WorkflowExecutionUpdateAccepted);
  assert.equal(accepted.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest, undefined);
  assert.equal(bench.run.updates.reapplied.size, 0);
});

test('options come with the reset', () => {
  const bench = new Bench();
  bench.start();
  bench.complete([]);
  made(bench, bench.reset(4, { options: [{ options: { priority: { priorityKey: 2 } }, paths: ['priority'] }] }));
  assert.deepEqual(bench.run.lifecycle.priority, { priorityKey: 2 });
  assert.equal(bench.history()[4], '5 WorkflowExecutionOptionsUpdated');
});

test('a run that ends for the reset of one of another chain tells its own parent', () => {
  const bench = new Bench();
  const childOf = (runId: string, initiatedEventId: number) => {
    const execution = { workflowId: 'parent', runId };
    const parent = { namespace: 'default', namespaceId: 'namespace-id', execution, initiatedEventId, root: execution };
    const request = { workflowId: bench.workflowId, workflowType: { name: 'W' }, taskQueue: { name: 'queue' } };
    bench.ok({ kind: 'start', request: { ...request, requestId: runId }, signal: undefined, parent });
    return bench.run.runId;
  };
  const first = childOf('one', 7);
  bench.complete([command.completeWorkflow()]);
  const second = childOf('two', 11);
  bench.effects = [];
  bench.reset(4, { runId: first });
  const told = () => bench.effects.flatMap((effect) => (effect.kind === 'deliver' ? [effect.delivery] : []));
  const [delivery, ...others] = told();
  assert.ok(delivery !== undefined && 'input' in delivery && delivery.input.kind === 'childClosed');
  assert.deepEqual([delivery.key, delivery.input.runId, delivery.input.initiatedEventId], ['parent', 'two', 11]);
  assert.deepEqual(others, []);
  assert.notEqual(bench.run.runId, second);
  // What takes the place of a run of its own chain leaves its parent waiting for it.
  bench.complete([]);
  bench.effects = [];
  bench.reset(4);
  assert.deepEqual(told(), []);
});
