import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventType, TaskQueueKind, WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { Payload } from '@perdure/proto/types';
import { DAY_MS, DURATION_MS_MAX, toTimestamp } from '../../kernel/time.ts';
import {
  cancelOf,
  failureOf,
  signalOf,
  signalWithStartOf,
  startOf,
  terminateOf,
  timeline,
} from '../testing-requests.ts';
import { outward } from '../testing-family.ts';
import { Bench, START_MS, command, payloads } from '../testing.ts';

const text = new TextEncoder();
const NULL_PAYLOAD: Payload = { metadata: { encoding: text.encode('binary/null') } };
const ONE: Payload = { metadata: { encoding: text.encode('json/plain') }, data: text.encode('1') };

function startedAttributes(bench: Bench) {
  return bench.events()[0]?.workflowExecutionStartedEventAttributes ?? assert.fail('the run has begun');
}

test('a run begins with what it was started with, and its first task waits for a worker', () => {
  const bench = new Bench();
  const links = [{ batchJob: { jobId: 'job' } }];
  const userMetadata = { summary: ONE };
  const reply = bench.ok(
    startOf(bench, {
      taskQueue: { name: 'queue', kind: TaskQueueKind.Normal },
      input: payloads('input'),
      header: { fields: { trace: ONE } },
      memo: { fields: { note: ONE } },
      retryPolicy: { maximumAttempts: 3 },
      priority: { priorityKey: 2 },
      identity: 'starter',
      links,
      userMetadata,
    }),
  );
  const { runId } = bench.run;
  const running = WorkflowExecutionStatus.Running;
  assert.deepEqual(reply, { runId, firstRunId: runId, started: true, status: running, eagerTask: undefined });
  assert.deepEqual(bench.history(), ['1 WorkflowExecutionStarted', '2 WorkflowTaskScheduled']);
  const [started, scheduled] = bench.events();
  assert.deepEqual(started?.links, links);
  assert.equal(started?.userMetadata, userMetadata);
  assert.deepEqual(definedOf(startedAttributes(bench)), {
    workflowType: { name: 'W' },
    taskQueue: { name: 'queue', kind: TaskQueueKind.Normal },
    input: payloads('input'),
    workflowTaskTimeout: { seconds: 10, nanos: 0 },
    originalExecutionRunId: runId,
    firstExecutionRunId: runId,
    identity: 'starter',
    retryPolicy: {
      initialInterval: { seconds: 1, nanos: 0 },
      backoffCoefficient: 2,
      maximumInterval: { seconds: 100, nanos: 0 },
      maximumAttempts: 3,
      nonRetryableErrorTypes: [],
    },
    attempt: 1,
    firstWorkflowTaskBackoff: { seconds: 0, nanos: 0 },
    memo: { fields: { note: ONE } },
    header: { fields: { trace: ONE } },
    workflowId: 'workflow',
    priority: { priorityKey: 2 },
    eagerExecutionAccepted: false,
  });
  assert.deepEqual(scheduled?.workflowTaskScheduledEventAttributes, {
    taskQueue: { name: 'queue', kind: TaskQueueKind.Normal },
    startToCloseTimeout: { seconds: 10, nanos: 0 },
    attempt: 1,
  });
  assert.deepEqual(bench.offers('offerWorkflowTask'), [
    { queue: 'queue', normalQueue: undefined, scheduledEventId: 2, stamp: 1, priority: { priorityKey: 2 } },
  ]);
});

function definedOf(attributes: object): object {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}

test('a run that begins is in visibility', () => {
  const bench = new Bench();
  bench.start({ workflowStartDelay: { seconds: 3 }, memo: { fields: { note: ONE } } });
  const rows = bench.effects.flatMap((effect) => (effect.kind === 'indexVisibility' ? [effect.record] : []));
  assert.equal(rows.length, 1);
  assert.equal(rows[0]?.runId, bench.run.runId);
  assert.equal(rows[0]?.status, WorkflowExecutionStatus.Running);
  assert.equal(rows[0]?.startTimeMs, START_MS);
  assert.equal(rows[0]?.executionTimeMs, START_MS + 3_000);
  assert.deepEqual(rows[0]?.memo, { fields: { note: ONE } });
  assert.equal(rows[0]?.closeTimeMs, undefined);
});

test('a run takes no longer than its execution, a workflow task no longer than its run', () => {
  const bench = new Bench();
  const seconds = (wanted: number | undefined) => (wanted === undefined ? undefined : { seconds: wanted });
  const timeouts = (execution?: number, run?: number, task?: number): unknown => {
    const [workflowExecutionTimeout, workflowRunTimeout, workflowTaskTimeout] = [execution, run, task].map(seconds);
    bench.start({ workflowExecutionTimeout, workflowRunTimeout, workflowTaskTimeout });
    bench.ok(terminateOf());
    const attributes = startedAttributes(bench);
    return [
      attributes.workflowExecutionTimeout?.seconds,
      attributes.workflowRunTimeout?.seconds,
      attributes.workflowTaskTimeout?.seconds,
    ];
  };
  assert.deepEqual(timeouts(), [undefined, undefined, 10]);
  assert.deepEqual(timeouts(0, 0, 0), [0, 0, 10]);
  assert.deepEqual(timeouts(100, 200, 500), [100, 100, 100]);
  assert.deepEqual(timeouts(100), [100, 100, 10]);
  assert.deepEqual(timeouts(undefined, 5), [undefined, 5, 5]);
  assert.deepEqual(timeouts(undefined, 500, 130), [undefined, 500, 120]);
  const tooLong = (200 * 365 * DAY_MS) / 1_000;
  assert.deepEqual(timeouts(tooLong), [DURATION_MS_MAX / 1_000, DURATION_MS_MAX / 1_000, 10]);
});

test('the last deadline of a chain counts from its start, whatever the delay', () => {
  const bench = new Bench();
  bench.start({ workflowExecutionTimeout: { seconds: 100 }, workflowStartDelay: { seconds: 30 } });
  assert.deepEqual(startedAttributes(bench).workflowExecutionExpirationTime, toTimestamp(START_MS + 100_000));
  assert.equal(bench.run.lifecycle.executionExpiresAtMs, START_MS + 100_000);
});

test('memo and search attributes that hold nothing are left out', () => {
  const bench = new Bench();
  bench.start({
    memo: { fields: { gone: NULL_PAYLOAD, kept: ONE } },
    searchAttributes: { indexedFields: { gone: NULL_PAYLOAD } },
  });
  assert.deepEqual(startedAttributes(bench).memo, { fields: { kept: ONE } });
  assert.equal(startedAttributes(bench).searchAttributes, undefined);
  assert.deepEqual(bench.run.lifecycle.memo, { fields: { kept: ONE } });
});

test('a delayed start: the first workflow task waits, and so does the run timeout', () => {
  const bench = new Bench();
  const workflowStartDelay = { seconds: 29, nanos: 999_999_999 };
  bench.start({ workflowStartDelay, workflowRunTimeout: { seconds: 60 } });
  assert.deepEqual(startedAttributes(bench).firstWorkflowTaskBackoff, workflowStartDelay);
  assert.deepEqual(bench.offers('offerWorkflowTask'), []);
  bench.advance(29_999);
  assert.deepEqual(bench.history(), ['1 WorkflowExecutionStarted']);
  bench.advance(1);
  assert.equal(bench.offers('offerWorkflowTask').length, 1);
  bench.advance(60_000);
  assert.deepEqual(timeline(bench.events()), [
    '1 WorkflowExecutionStarted after 0s',
    '2 WorkflowTaskScheduled after 30s',
    '3 WorkflowExecutionTimedOut after 90s',
  ]);
});

test('the execution timeout does not wait for a delayed start', () => {
  const bench = new Bench();
  bench.start({ workflowStartDelay: { seconds: 30 }, workflowExecutionTimeout: { seconds: 10 } });
  bench.advance(30_000);
  assert.deepEqual(timeline(bench.events()), [
    '1 WorkflowExecutionStarted after 0s',
    '2 WorkflowExecutionTimedOut after 10s',
  ]);
});

test('a signal waits with a delayed start', () => {
  const bench = new Bench();
  bench.start({ workflowStartDelay: { seconds: 30 } });
  bench.ok(signalOf('early'));
  assert.deepEqual(bench.history(2), ['2 WorkflowExecutionSignaled']);
  bench.advance(30_000);
  assert.deepEqual(bench.history(2), ['2 WorkflowExecutionSignaled', '3 WorkflowTaskScheduled']);
});

test('a cancellation does not wait for a delayed start, whose end then changes nothing', () => {
  const bench = new Bench();
  bench.start({ workflowStartDelay: { seconds: 30 } });
  bench.ok(cancelOf());
  assert.deepEqual(bench.history(2), ['2 WorkflowExecutionCancelRequested', '3 WorkflowTaskScheduled']);
  bench.complete([]);
  bench.advance(60_000);
  assert.deepEqual(bench.history(4), ['4 WorkflowTaskStarted', '5 WorkflowTaskCompleted']);
});

test('signal with start does not wait for the delayed start of the run that it finds', () => {
  const bench = new Bench();
  bench.ok(signalWithStartOf(bench, 'first', { requestId: 'a', workflowStartDelay: { seconds: 30 } }));
  assert.deepEqual(bench.history(), ['1 WorkflowExecutionStarted', '2 WorkflowExecutionSignaled']);
  bench.ok(signalWithStartOf(bench, 'second', { requestId: 'b', workflowStartDelay: { seconds: 30 } }));
  assert.deepEqual(bench.history(3), ['3 WorkflowExecutionSignaled', '4 WorkflowTaskScheduled']);
});

test('signal with start: a run that begins with a signal, or one that gets it', () => {
  const bench = new Bench();
  const first = bench.ok(signalWithStartOf(bench, 'first', { requestId: 'a' }));
  assert.equal(first.started, true);
  assert.deepEqual(bench.history(), [
    '1 WorkflowExecutionStarted',
    '2 WorkflowExecutionSignaled',
    '3 WorkflowTaskScheduled',
  ]);
  const second = bench.ok(signalWithStartOf(bench, 'second', { requestId: 'b' }));
  assert.deepEqual(second, { ...first, started: false });
  assert.deepEqual(bench.history(4), ['4 WorkflowExecutionSignaled']);
  assert.equal(bench.run.signalCount, 2);
});

test('a repeated start is answered as the first, whatever its policies, while its run is the current one', () => {
  const bench = new Bench();
  const first = bench.ok(startOf(bench, { requestId: 'a' }));
  const before = bench.history();
  for (const workflowIdConflictPolicy of [1, 2, 3] as const) {
    assert.deepEqual(bench.ok(startOf(bench, { requestId: 'a', workflowIdConflictPolicy })), first);
  }
  assert.deepEqual(bench.history(), before);
  bench.complete([command.completeWorkflow()]);
  const again = bench.ok(startOf(bench, { requestId: 'a', workflowIdReusePolicy: 3 }));
  assert.deepEqual(again, { ...first, status: WorkflowExecutionStatus.Completed });
  assert.equal(bench.ok(startOf(bench, { requestId: 'b' })).started, true);
  assert.notEqual(bench.run.runId, first.runId);
  const late = bench.send(startOf(bench, { requestId: 'a', workflowIdConflictPolicy: 1 }));
  assert.ok('kind' in late);
});

test('a repeated signal with start neither signals nor starts again, not even when its run has closed', () => {
  const bench = new Bench();
  const first = bench.ok(signalWithStartOf(bench, 'once', { requestId: 'a' }));
  bench.ok(signalWithStartOf(bench, 'once', { requestId: 'b' }));
  for (const requestId of ['a', 'b']) {
    const request = { requestId, workflowIdConflictPolicy: 3 } as const;
    assert.equal(bench.ok(signalWithStartOf(bench, 'once', request)).runId, first.runId);
  }
  assert.equal(bench.run.signalCount, 2);
  bench.ok(terminateOf());
  for (const requestId of ['a', 'b']) {
    const repeated = bench.ok(signalWithStartOf(bench, 'once', { requestId }));
    assert.deepEqual(repeated, { ...first, started: false, status: WorkflowExecutionStatus.Terminated });
  }
  assert.equal(bench.run.runId, first.runId);
});

test('a signal with start that has the request id of a plain start is another request', () => {
  const bench = new Bench();
  bench.ok(startOf(bench, { requestId: 'a' }));
  assert.equal(bench.ok(signalWithStartOf(bench, 'signal', { requestId: 'a' })).started, false);
  assert.equal(bench.run.signalCount, 1);
});

test('eager start: the first workflow task is started with the run, for the client that has a worker', () => {
  const bench = new Bench();
  const { eagerTask } = bench.ok(startOf(bench, { requestEagerExecution: true, identity: 'starter' }));
  assert.ok(eagerTask);
  assert.equal(startedAttributes(bench).eagerExecutionAccepted, true);
  assert.deepEqual(bench.history(2), ['2 WorkflowTaskScheduled', '3 WorkflowTaskStarted']);
  const started = bench.last(EventType.WorkflowTaskStarted).workflowTaskStartedEventAttributes;
  assert.equal(started?.identity, 'starter');
  assert.equal(started?.requestId, 'request');
  assert.deepEqual(bench.offers('offerWorkflowTask'), []);
  bench.complete([command.completeWorkflow()], {}, eagerTask);
  assert.equal(bench.run.lifecycle.status, WorkflowExecutionStatus.Completed);
});

test('a repeated eager start gets its task again while the first attempt is at work', () => {
  const bench = new Bench();
  const request = startOf(bench, { requestEagerExecution: true });
  const { eagerTask } = bench.ok(request);
  assert.ok(eagerTask);
  assert.deepEqual(bench.ok(request).eagerTask, eagerTask);
  assert.equal(bench.ok(startOf(bench, {})).eagerTask, undefined);
  bench.ok(failureOf(eagerTask));
  assert.equal(bench.ok(request).eagerTask, undefined);
  bench.workflowTask();
  assert.equal(bench.ok(request).eagerTask, undefined);
});

test('an eager start that is repeated gets no task that another worker may have', () => {
  const bench = new Bench();
  const request = startOf(bench, { requestEagerExecution: true });
  const { eagerTask } = bench.ok(request);
  bench.complete([], {}, eagerTask);
  bench.signal('go');
  bench.workflowTask();
  assert.equal(bench.ok(request).eagerTask, undefined);
  const other = new Bench();
  other.ok(startOf(other, {}));
  other.workflowTask();
  assert.equal(other.ok(startOf(other, { requestEagerExecution: true })).eagerTask, undefined);
});

test('a parent that asks again for its child gets the run that it has started, though another is the current one', () => {
  const bench = new Bench();
  const execution = { workflowId: 'parent', runId: 'parent-run' };
  const parent = { namespace: 'default', namespaceId: 'namespace-id', execution, initiatedEventId: 5, root: execution };
  const request = { ...startOf(bench, {}), parent };
  const first = bench.ok(request);
  bench.complete([outward.continueAsNew()]);
  const again = bench.ok(request);
  assert.notEqual(bench.run.runId, first.runId);
  assert.deepEqual(again, first);
  for (const other of [
    { initiatedEventId: 6 },
    { execution: { workflowId: 'parent', runId: 'other' } },
    { execution: { workflowId: 'other', runId: 'parent-run' } },
  ]) {
    assert.ok('kind' in bench.send({ ...request, parent: { ...parent, ...other } }));
  }
});

test('a delayed start is not eager, and none is where the namespace does not allow it', () => {
  const request = { requestEagerExecution: true, workflowStartDelay: { seconds: 1 } };
  const bench = new Bench();
  assert.equal(bench.ok(startOf(bench, request)).eagerTask, undefined);
  assert.equal(startedAttributes(bench).eagerExecutionAccepted, false);
  const other = new Bench({ limits: { eagerWorkflowStart: false } });
  assert.equal(other.ok(startOf(other, { requestEagerExecution: true })).eagerTask, undefined);
  assert.equal(other.offers('offerWorkflowTask').length, 1);
});
