import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CommandType,
  ContinueAsNewInitiator,
  EventType,
  TaskQueueKind,
  WorkflowExecutionStatus,
  WorkflowTaskFailedCause,
} from '@perdure/proto/enums';
import type { Command, ContinueAsNewWorkflowExecutionCommandAttributes, Payload } from '@perdure/proto/types';
import { toTimestamp } from '../../kernel/time.ts';
import { outward } from '../testing-family.ts';
import { cancelOf, resetPointsOf, signalOf, startOf, timeline, type StartFields } from '../testing-requests.ts';
import { Bench, START_MS, command, payloads, payloadsOf, refusal } from '../testing.ts';

type Wanted = ContinueAsNewWorkflowExecutionCommandAttributes;

const text = new TextEncoder();
const ONE: Payload = { metadata: { encoding: text.encode('json/plain') }, data: text.encode('1') };
const NULL_PAYLOAD: Payload = { metadata: { encoding: text.encode('binary/null') } };

/** A run that continues after two seconds, and the run that follows it. */
function continued(wanted: Wanted = {}, request: StartFields = {}) {
  const bench = new Bench();
  const first = bench.start(request);
  bench.advance(2_000);
  bench.complete([outward.continueAsNew(wanted)]);
  const closed = bench.last(EventType.WorkflowExecutionContinuedAsNew, first);
  const [started] = bench.events();
  return {
    bench,
    first,
    closed: closed.workflowExecutionContinuedAsNewEventAttributes ?? assert.fail(),
    started: started?.workflowExecutionStartedEventAttributes ?? assert.fail(),
  };
}

test('a run closes and the next begins, in one step', () => {
  const { bench, first, closed } = continued();
  assert.equal(first.lifecycle.status, WorkflowExecutionStatus.ContinuedAsNew);
  assert.equal(closed.newExecutionRunId, bench.run.runId);
  assert.equal(first.lifecycle.newRunId, bench.run.runId);
  assert.deepEqual(bench.history(4, first), ['4 WorkflowTaskCompleted', '5 WorkflowExecutionContinuedAsNew']);
  assert.deepEqual(bench.history(), ['1 WorkflowExecutionStarted', '2 WorkflowTaskScheduled']);
  const rows = bench.effects.flatMap((effect) => (effect.kind === 'indexVisibility' ? [effect.record] : []));
  assert.deepEqual(
    rows.map(({ runId, status }) => [runId, status]),
    [
      [first.runId, WorkflowExecutionStatus.Running],
      [first.runId, WorkflowExecutionStatus.ContinuedAsNew],
      [bench.run.runId, WorkflowExecutionStatus.Running],
    ],
  );
});

test('what the command leaves out is as it was, or ends with the run', () => {
  const links = [{ batchJob: { jobId: 'job' } }];
  const { bench, first, closed, started } = continued(undefined, {
    taskQueue: { name: 'queue', kind: TaskQueueKind.Normal },
    input: payloads('input'),
    memo: { fields: { note: ONE } },
    searchAttributes: { indexedFields: { Colour: ONE } },
    header: { fields: { trace: ONE } },
    retryPolicy: {},
    lastCompletionResult: payloads('old'),
    workflowExecutionTimeout: { seconds: 100 },
    workflowRunTimeout: { seconds: 50 },
    workflowTaskTimeout: { seconds: 7 },
    priority: { priorityKey: 2 },
    identity: 'starter',
    links,
  });
  const queue = { name: 'queue', kind: TaskQueueKind.Normal };
  assert.deepEqual(closed, {
    newExecutionRunId: bench.run.runId,
    workflowType: { name: 'W' },
    taskQueue: queue,
    input: undefined,
    workflowRunTimeout: { seconds: 50 },
    workflowTaskTimeout: { seconds: 7 },
    workflowTaskCompletedEventId: 4,
    backoffStartInterval: undefined,
    initiator: undefined,
    failure: undefined,
    lastCompletionResult: undefined,
    header: undefined,
    memo: undefined,
    searchAttributes: undefined,
    inheritBuildId: undefined,
  });
  assert.deepEqual(bench.events()[0]?.links, links);
  assert.deepEqual(started, {
    workflowId: 'workflow',
    workflowType: { name: 'W' },
    taskQueue: queue,
    input: undefined,
    header: undefined,
    memo: undefined,
    searchAttributes: undefined,
    retryPolicy: undefined,
    cronSchedule: undefined,
    lastCompletionResult: undefined,
    continuedFailure: undefined,
    completionCallbacks: undefined,
    workflowExecutionTimeout: { seconds: 100 },
    workflowExecutionExpirationTime: toTimestamp(START_MS + 100_000),
    workflowRunTimeout: { seconds: 50 },
    workflowTaskTimeout: { seconds: 7 },
    priority: { priorityKey: 2 },
    initiator: ContinueAsNewInitiator.Workflow,
    attempt: 1,
    originalExecutionRunId: bench.run.runId,
    prevAutoResetPoints: resetPointsOf(first, bench.nowMs),
    versioningOverride: undefined,
    continuedExecutionRunId: first.runId,
    firstExecutionRunId: first.runId,
    firstWorkflowTaskBackoff: undefined,
    parentInitiatedEventId: undefined,
    parentWorkflowExecution: undefined,
    parentWorkflowNamespace: undefined,
    parentWorkflowNamespaceId: undefined,
    rootWorkflowExecution: undefined,
  });
});

test('what the command says holds', () => {
  const wanted: Wanted = {
    workflowType: { name: 'Next' },
    taskQueue: { name: 'other' },
    input: payloads('next'),
    workflowRunTimeout: { seconds: 1_000 },
    workflowTaskTimeout: { seconds: 500 },
    backoffStartInterval: { seconds: 3 },
    retryPolicy: { maximumAttempts: 4 },
    initiator: ContinueAsNewInitiator.CronSchedule,
    failure: { message: 'before' },
    lastCompletionResult: payloads('result'),
    header: { fields: { trace: ONE } },
    memo: { fields: { note: ONE, gone: NULL_PAYLOAD } },
    searchAttributes: { indexedFields: { Colour: NULL_PAYLOAD } },
  };
  const { bench, closed, started } = continued(wanted, { workflowExecutionTimeout: { seconds: 100 } });
  const queue = { name: 'other', kind: TaskQueueKind.Normal };
  for (const event of [closed, started]) {
    assert.deepEqual(event.workflowType, { name: 'Next' });
    assert.deepEqual(event.taskQueue, queue);
    assert.equal(event.input, wanted.input);
    assert.deepEqual(event.workflowRunTimeout, { seconds: 100 });
    assert.deepEqual(event.workflowTaskTimeout, { seconds: 100 });
    assert.equal(event.initiator, ContinueAsNewInitiator.CronSchedule);
    assert.equal(event.lastCompletionResult, wanted.lastCompletionResult);
    assert.equal(event.header, wanted.header);
    assert.deepEqual(event.memo, { fields: { note: ONE } });
    assert.equal(event.searchAttributes, undefined);
  }
  assert.deepEqual(closed.failure, { message: 'before' });
  assert.deepEqual(started.continuedFailure, { message: 'before' });
  assert.equal(started.retryPolicy?.maximumAttempts, 4);
  assert.deepEqual(started.retryPolicy?.initialInterval, { seconds: 1, nanos: 0 });
  bench.advance(3_000);
  assert.deepEqual(timeline(bench.events()), [
    '1 WorkflowExecutionStarted after 2s',
    '2 WorkflowTaskScheduled after 5s',
  ]);
  assert.equal(bench.offers('offerWorkflowTask').at(-1)?.queue, 'other');
});

test('timeouts of nothing are as they were', () => {
  const zero = { seconds: 0 };
  const { started } = continued(
    { workflowRunTimeout: zero, workflowTaskTimeout: zero, workflowType: {}, taskQueue: {} },
    { workflowRunTimeout: { seconds: 50 }, workflowTaskTimeout: { seconds: 7 } },
  );
  assert.equal(started.workflowRunTimeout?.seconds, 50);
  assert.equal(started.workflowTaskTimeout?.seconds, 7);
  assert.equal(started.workflowType?.name, 'W');
  assert.equal(started.taskQueue?.name, 'queue');
});

test('runs that continue at once do not follow each other within a second', () => {
  const bench = new Bench();
  bench.start();
  bench.advance(300);
  bench.complete([outward.continueAsNew()]);
  assert.deepEqual(bench.run.lifecycle.start.firstWorkflowTaskBackoff, { seconds: 0, nanos: 700_000_000 });
  bench.advance(700);
  // The second has only lived since its back-off was over.
  bench.complete([outward.continueAsNew({ backoffStartInterval: { nanos: 1_000_000 } })]);
  assert.equal(bench.run.lifecycle.firstTaskAtMs, START_MS + 2_000);
});

test('a run that continues before its first task was due has lived since its start, so that waits do not add up', () => {
  const bench = new Bench();
  bench.start({ workflowStartDelay: { seconds: 30 } });
  bench.advance(100);
  bench.ok(cancelOf());
  bench.complete([outward.continueAsNew()]);
  assert.equal(bench.run.lifecycle.firstTaskAtMs, START_MS + 1_000);
});

test('the next run is another: it knows neither timers nor signals nor requests of the last', () => {
  const { bench, first } = continued({}, { requestId: 'request' });
  assert.equal(bench.run.timers.size, 0);
  const refused = refusal(bench.send(startOf(bench, { requestId: 'request' })));
  assert.deepEqual(refused.detail?.value, {
    startRequestId: 'id-4',
    runId: bench.run.runId,
    firstExecutionRunId: first.runId,
  });
  const late = refusal(bench.send(signalOf('go', {}, { runId: first.runId })));
  assert.equal(late.message, 'workflow execution already completed');
});

test('a chain keeps its first run', () => {
  const { bench, first } = continued();
  bench.advance(2_000);
  bench.complete([outward.continueAsNew()]);
  assert.equal(bench.run.lifecycle.start.firstExecutionRunId, first.runId);
  assert.equal(bench.run.lifecycle.start.originalExecutionRunId, bench.run.runId);
});

const BAD = WorkflowTaskFailedCause.BadContinueAsNewAttributes;
const LONG = 'x'.repeat(1_001);
const ON = 'ContinueAsNewWorkflowExecutionCommand';
const NAMES = 'WorkflowType=W TaskQueue=name:"queue" kind:TASK_QUEUE_KIND_NORMAL';

/** What is wrong with a command, and what is said of it. */
const PROBLEMS: readonly [wanted: Wanted, message: string][] = [
  [
    { workflowType: { name: LONG } },
    `WorkflowType on ${ON} exceeds length limit. WorkflowType=${LONG} Length=1001 Limit=1000`,
  ],
  [
    { taskQueue: { name: LONG } },
    `error validating ${ON} TaskQueue: taskQueue length exceeds limit. WorkflowType=W TaskQueue=name:"${LONG}" kind:TASK_QUEUE_KIND_NORMAL`,
  ],
  [
    { taskQueue: { name: '/_sys/x', kind: TaskQueueKind.Sticky, normalName: 'n' } },
    `error validating ${ON} TaskQueue: task queue name cannot start with reserved prefix /_sys/. WorkflowType=W TaskQueue=name:"/_sys/x" kind:TASK_QUEUE_KIND_STICKY normal_name:"n"`,
  ],
  [
    { taskQueue: { name: 'temporal-sys-per-ns-tq' } },
    `error validating ${ON} TaskQueue: cannot use internal per-namespace task queue:temporal-sys-per-ns-tq (in parent component task queue: queue). WorkflowType=W TaskQueue=name:"temporal-sys-per-ns-tq" kind:TASK_QUEUE_KIND_NORMAL`,
  ],
  [{ workflowRunTimeout: { seconds: -1 } }, `Invalid WorkflowRunTimeout on ${ON}: negative duration. ${NAMES}`],
  [{ workflowTaskTimeout: { nanos: -1 } }, `Invalid WorkflowTaskTimeout on ${ON}: negative duration. ${NAMES}`],
  [
    { backoffStartInterval: { seconds: 1, nanos: -1 } },
    `Invalid BackoffStartInterval on ${ON}: duration has seconds and nanos with different signs. ${NAMES}`,
  ],
  [
    { retryPolicy: { backoffCoefficient: 0.5 } },
    `invalid WorkflowRetryPolicy on ${ON}: BackoffCoefficient cannot be less than 1 on retry policy.. ${NAMES}`,
  ],
];

function failing(close: Command, limits = {}) {
  const bench = new Bench({ limits });
  bench.start();
  const { failure } = bench.complete([close]);
  const failed = bench.last(EventType.WorkflowTaskFailed).workflowTaskFailedEventAttributes;
  return { bench, message: failure?.message, cause: failed?.cause };
}

test('what is wrong with a command fails its task', () => {
  const nothing = failing({ commandType: CommandType.ContinueAsNewWorkflowExecution });
  assert.equal(nothing.message, `BadContinueAsNewAttributes: ${ON}Attributes is not set on ${ON}.`);
  for (const [wanted, message] of PROBLEMS) {
    const failed = failing(outward.continueAsNew(wanted));
    assert.equal(failed.message, `BadContinueAsNewAttributes: ${message}`);
    assert.equal(failed.cause, BAD);
    assert.equal(failed.bench.run.lifecycle.status, WorkflowExecutionStatus.Running);
  }
});

test('search attributes that nobody may set have a cause of their own', () => {
  const indexedFields = { ExecutionStatus: ONE };
  const { message, cause } = failing(outward.continueAsNew({ searchAttributes: { indexedFields } }));
  assert.equal(cause, WorkflowTaskFailedCause.BadSearchAttributes);
  assert.match(message ?? '', new RegExp(`^BadSearchAttributes: invalid SearchAttributes on ${ON}: .*\\. ${NAMES}$`));
});

test('what no history may hold ends the run', () => {
  const attributes = 'BadContinueAsNewAttributes: ContinueAsNewWorkflowExecutionCommandAttributes.';
  const limits = { blobSizeBytesMax: 100, memoSizeBytesMax: 100 };
  const input = failing(outward.continueAsNew({ input: payloadsOf(101) }), limits);
  assert.equal(input.message, `${attributes} Input exceeds size limit.`);
  assert.equal(input.bench.run.lifecycle.status, WorkflowExecutionStatus.Terminated);
  const fields = { note: { data: new Uint8Array(101) } };
  const memo = failing(outward.continueAsNew({ memo: { fields } }), limits);
  assert.equal(memo.message, `${attributes} Memo exceeds size limit.`);
});

test('a command that ends the run after others ends it with their events', () => {
  const bench = new Bench();
  const first = bench.start();
  bench.complete([command.startTimer('a', 60), outward.continueAsNew()]);
  assert.deepEqual(bench.history(5, first), ['5 TimerStarted', '6 WorkflowExecutionContinuedAsNew']);
});
