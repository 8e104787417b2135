import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { EventType, ScheduleOverlapPolicy as Overlap, WorkflowExecutionStatus } from '@perdure/proto/enums';
import { isRejection, reject } from '../kernel/rejection.ts';
import { toDuration, toTimestamp } from '../kernel/time.ts';
import { payloads } from '../workflow/testing.ts';
import { scheduleInfo } from './describe.ts';
import { every, ScheduleBench, START_MS } from './testing.ts';

function at(seconds: number) {
  return toTimestamp(START_MS + seconds * 1_000);
}

function scheduled(seconds: number, overlapPolicy: Overlap = Overlap.Unspecified): ScheduleBench {
  const bench = new ScheduleBench();
  bench.create({ ...every(seconds), policies: { overlapPolicy } });
  return bench;
}

const failed = { eventType: EventType.WorkflowExecutionFailed } as const;

suite('overlap policies', () => {
  test('skip: what comes while the workflow runs is left out', () => {
    const bench = scheduled(60);
    bench.advance(150);
    assert.deepEqual(bench.log, ['+40 start w-2023-11-14T22:14:00Z']);
    assert.equal(bench.schedule.overlapSkipped, 1);
    bench.close();
    bench.advance(30);
    assert.deepEqual(bench.log.slice(1), ['+160 start w-2023-11-14T22:16:00Z']);
  });

  test('buffer one: the first that comes waits', () => {
    const bench = scheduled(60, Overlap.BufferOne);
    bench.advance(240);
    assert.deepEqual([bench.log.length, bench.schedule.buffer.length, bench.schedule.overlapSkipped], [1, 1, 2]);
    bench.close();
    assert.deepEqual(bench.log.slice(1), ['+240 start w-2023-11-14T22:15:00Z']);
  });

  test('buffer all: they go one after the other, a thousand at most', () => {
    const bench = scheduled(60, Overlap.BufferAll);
    bench.advance(180);
    bench.close();
    bench.close();
    assert.deepEqual(bench.log, [
      '+40 start w-2023-11-14T22:14:00Z',
      '+180 start w-2023-11-14T22:15:00Z',
      '+180 start w-2023-11-14T22:16:00Z',
    ]);
    bench.advance(1_010 * 60);
    assert.deepEqual([bench.schedule.buffer.length, bench.schedule.bufferDropped], [1_000, 10]);
  });

  test('cancel other: one request, and the latest that came starts once the workflow is gone', () => {
    const bench = scheduled(60, Overlap.CancelOther);
    bench.advance(180);
    assert.deepEqual(bench.log, ['+40 start w-2023-11-14T22:14:00Z', '+100 requestCancel w-2023-11-14T22:14:00Z']);
    bench.close({ eventType: EventType.WorkflowExecutionCanceled });
    assert.deepEqual(bench.log.slice(2), ['+180 start w-2023-11-14T22:16:00Z']);
    assert.equal(bench.schedule.recent[0]?.status, WorkflowExecutionStatus.Canceled);
  });

  test('terminate other', () => {
    const bench = scheduled(60, Overlap.TerminateOther);
    bench.advance(100);
    assert.deepEqual(bench.log.slice(1), ['+100 terminate w-2023-11-14T22:14:00Z']);
  });

  test('allow all: they run side by side, and hand on no results', () => {
    const bench = scheduled(60, Overlap.AllowAll);
    bench.advance(160);
    assert.equal(bench.log.length, 3);
    assert.deepEqual(scheduleInfo(bench.schedule, bench.nowMs).runningWorkflows, []);
    bench.close({
      eventType: EventType.WorkflowExecutionCompleted,
      workflowExecutionCompletedEventAttributes: { result: payloads('done') },
    });
    assert.equal(bench.schedule.lastCompletionResult, undefined);
    assert.equal(bench.schedule.recent[0]?.status, WorkflowExecutionStatus.Completed);
  });
});

suite('after a time in which nothing ran', () => {
  test('what is within the catch-up window is made up for, what is not is counted', () => {
    const bench = new ScheduleBench();
    const policies = { overlapPolicy: Overlap.AllowAll, catchupWindow: toDuration(130_000) };
    bench.create({ ...every(60), policies });
    bench.nowMs += 600_000;
    bench.advance(0);
    assert.deepEqual(
      bench.log.map((line) => line.slice(-9)),
      ['22:22:00Z', '22:23:00Z'],
    );
    assert.equal(bench.schedule.missedCatchupWindow, 8);
    assert.equal(bench.dueInSeconds, 40);
  });

  test('the window is ten seconds at the least and a year by default', () => {
    const bench = new ScheduleBench();
    bench.create({ ...every(3_600), policies: { catchupWindow: toDuration(1) } });
    assert.deepEqual(bench.schedule.definition.policies?.catchupWindow, toDuration(10_000));
    bench.update({ policies: {} });
    assert.deepEqual(bench.schedule.definition.policies?.catchupWindow, toDuration(365 * 86_400_000));
  });

  test('a long time is made up for in several steps', () => {
    const bench = scheduled(1, Overlap.BufferAll);
    bench.holdsBack = true;
    bench.nowMs += 2_500_000;
    bench.ok({ kind: 'wake', runId: '' });
    assert.equal(bench.schedule.processedThroughMs, START_MS + 1_000_000);
    bench.advance(0);
    assert.equal(bench.schedule.processedThroughMs, START_MS + 2_500_000);
  });
});

test('a pause passes over what comes, and no wake-up is set', () => {
  const bench = scheduled(60);
  bench.patch({ pause: 'not now' });
  assert.deepEqual(bench.schedule.definition.state, { paused: true, notes: 'not now' });
  assert.equal(bench.dueInSeconds, undefined);
  bench.advance(600);
  bench.patch({ unpause: 'go on' });
  assert.deepEqual([bench.log, bench.schedule.missedCatchupWindow, bench.dueInSeconds], [[], 0, 40]);
  assert.equal(bench.schedule.conflictToken, 3);
});

test('only so many actions are taken as are left', () => {
  const bench = new ScheduleBench();
  const state = { limitedActions: true, remainingActions: 2 };
  bench.create({ ...every(60), policies: { overlapPolicy: Overlap.AllowAll }, state });
  assert.equal(scheduleInfo(bench.schedule, bench.nowMs).futureActionTimes?.length, 2);
  bench.advance(600);
  assert.deepEqual([bench.log.length, bench.schedule.definition.state?.remainingActions], [2, 0]);
  bench.patch({ triggerImmediately: {} });
  assert.equal(bench.log.length, 3);
});

suite('results', () => {
  test('the last result, and the failure after it, are handed to the next workflow', () => {
    const bench = scheduled(60);
    const result = payloads('done');
    bench.advance(40);
    bench.close({
      eventType: EventType.WorkflowExecutionCompleted,
      workflowExecutionCompletedEventAttributes: { result },
    });
    bench.advance(60);
    const failure = { message: 'broken' };
    bench.close({ ...failed, workflowExecutionFailedEventAttributes: { failure } });
    bench.advance(60);
    const handedOn = bench.starts.map(({ request }) => [request.lastCompletionResult, request.continuedFailure]);
    assert.deepEqual(handedOn, [
      [undefined, undefined],
      [result, undefined],
      [result, failure],
    ]);
  });

  test('a failure pauses the schedule where that is asked for', () => {
    const bench = new ScheduleBench();
    bench.create({ ...every(60), policies: { pauseOnFailure: true } });
    bench.advance(40);
    bench.close({ ...failed, workflowExecutionFailedEventAttributes: { failure: { message: 'broken' } } });
    assert.deepEqual(bench.schedule.definition.state, {
      paused: true,
      notes: 'paused due to workflow failure: w-2023-11-14T22:14:00Z: broken',
    });
  });
});

suite('what comes twice, or not at all', () => {
  test('a start whose answer was lost is asked for again under the same name', () => {
    const bench = scheduled(60);
    bench.holdsBack = true;
    bench.advance(200);
    const [first] = bench.held;
    assert.ok(first);
    assert.equal(bench.held.length, 1);
    bench.holdsBack = false;
    bench.hand(first);
    bench.hand(first);
    assert.equal(bench.schedule.actionCount, 1);
    assert.equal(bench.starts[0]?.request.requestId, bench.starts[1]?.request.requestId);
  });

  test('a workflow may close before the answer to its start has come', () => {
    const bench = scheduled(60);
    bench.holdsBack = true;
    bench.advance(40);
    const [token = ''] = bench.schedule.starting.keys();
    const execution = { workflowId: 'w-2023-11-14T22:14:00Z', runId: 'last' };
    const event = { eventType: EventType.WorkflowExecutionCompleted };
    bench.ok({ kind: 'workflowClosed', runId: '', token, execution, firstRunId: 'first', event });
    assert.equal(bench.schedule.recent[0]?.status, WorkflowExecutionStatus.Completed);
    assert.deepEqual([bench.schedule.starting.size, bench.schedule.running.size], [0, 0]);
  });

  test('a start that is refused is no action, and the next one comes', () => {
    const bench = scheduled(60);
    bench.refusal = reject.workflowAlreadyStarted('taken', '', '', '');
    bench.advance(40);
    bench.refusal = undefined;
    bench.advance(60);
    assert.deepEqual([bench.schedule.actionCount, bench.log.length], [1, 2]);
  });

  test('a patch that comes again is done once', () => {
    const bench = scheduled(3_600, Overlap.AllowAll);
    bench.patch({ triggerImmediately: { scheduledTime: at(0) } }, 'request');
    bench.patch({ triggerImmediately: { scheduledTime: at(0) } }, 'request');
    assert.equal(bench.log.length, 1);
  });

  test('a creation that comes again is answered, another one is refused', () => {
    const bench = scheduled(60);
    const schedule = bench.schedule.definition;
    const again = bench.ok({ kind: 'createSchedule', request: { requestId: 'create', schedule } });
    assert.equal(again.runId, bench.schedule.runId);
    const other = bench.send({ kind: 'createSchedule', request: { requestId: 'other', schedule } });
    assert.ok(isRejection(other));
    assert.equal(other.message, 'schedule "nightly" is already registered');
  });
});

test('a backfill takes its times in order, ten at a time, whatever the state says', () => {
  const bench = new ScheduleBench();
  bench.create({ ...every(60), state: { paused: true } });
  const request = { startTime: at(-860), endTime: at(-20), overlapPolicy: Overlap.AllowAll };
  bench.patch({ backfillRequest: [request] });
  assert.deepEqual([bench.log.length, bench.dueInSeconds], [10, 1]);
  bench.advance(1);
  assert.deepEqual(
    [bench.log.length, bench.log[0], bench.log[14]],
    [15, '+0 start w-2023-11-14T21:59:00Z', '+1 start w-2023-11-14T22:13:00Z'],
  );
  assert.equal(bench.dueInSeconds, undefined);
});

suite('updates', () => {
  test('speak of the times after them', () => {
    const bench = scheduled(86_400);
    bench.advance(990);
    bench.update(every(60));
    assert.deepEqual([bench.log, bench.dueInSeconds, bench.schedule.conflictToken], [[], 10, 2]);
  });

  test('are refused where somebody else has changed the schedule meanwhile', () => {
    const bench = scheduled(60);
    bench.patch({ pause: 'first' });
    const reply = bench.update(every(30), 1);
    assert.ok(isRejection(reply));
    assert.equal(reply.message, 'mismatched conflict token');
    assert.ok(!isRejection(bench.update(every(30), 2)));
  });
});

suite('the end', () => {
  test('a deleted schedule is gone, and its id is free', () => {
    const bench = scheduled(60);
    bench.ok({ kind: 'deleteSchedule' });
    assert.equal(bench.record?.status, WorkflowExecutionStatus.Terminated);
    const reply = bench.send({ kind: 'patchSchedule', patch: {}, requestId: '' });
    assert.ok(isRejection(reply));
    const before = bench.schedule.runId;
    bench.create(every(60));
    assert.notEqual(bench.schedule.runId, before);
  });

  test('a schedule that has nothing left to do ends after seven days', () => {
    const bench = new ScheduleBench();
    bench.create({ spec: { ...every(60).spec, endTime: at(50) } });
    bench.advance(40);
    assert.equal(bench.dueInSeconds, undefined);
    bench.close();
    assert.equal(bench.dueInSeconds, 7 * 86_400);
    bench.advance(7 * 86_400);
    assert.equal(bench.schedule.status, WorkflowExecutionStatus.Completed);
  });
});

test('visibility has the schedule in a division of its own, with its pause', () => {
  const bench = scheduled(60);
  bench.patch({ pause: 'x' });
  const { record } = bench;
  assert.equal(record?.workflowId, 'temporal-sys-scheduler:nightly');
  assert.deepEqual(
    [...(record?.values ?? [])],
    [
      ['TemporalNamespaceDivision', 'TemporalScheduler'],
      ['TemporalSchedulePaused', true],
    ],
  );
});
