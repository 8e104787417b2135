import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GrpcStatus, isRejection } from '@perdure/core';
import type {
  SignalWithStartWorkflowExecutionRequest,
  StartWorkflowExecutionRequest,
  WorkflowIdConflictPolicy as ConflictPolicy,
  WorkflowIdReusePolicy as ReusePolicy,
} from '@perdure/proto/types';
import { IndexedValueType, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@perdure/proto/enums';
import { refusalOf, TestServer, text } from './testing.ts';

const server = await TestServer.start({ searchAttributes: new Map([['Color', 'Keyword']]) });

const start: StartWorkflowExecutionRequest = {
  workflowId: 'workflow',
  workflowType: { name: 'Type' },
  taskQueue: { name: 'queue' },
};
const LONG = 'x'.repeat(1_001);
const HUGE = text('x'.repeat(2 * 1024 * 1024 + 1));
const link = { workflowEvent: { namespace: 'default', workflowId: 'a', runId: 'b' } };
const keyword = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('"blue"') };

const REFUSED: readonly (readonly [StartWorkflowExecutionRequest, string])[] = [
  [{ workflowId: '' }, 'WorkflowId is not set on request.'],
  [{ workflowId: LONG }, 'WorkflowId exceeds maximum allowed length (1001/1000)'],
  [{ workflowId: 'ü'.repeat(501) }, 'WorkflowId exceeds maximum allowed length (1002/1000)'],
  [{ workflowType: undefined }, 'WorkflowType is not set on request.'],
  [{ workflowType: { name: LONG } }, 'WorkflowType length exceeds limit.'],
  [{ taskQueue: undefined }, 'taskQueue is not set'],
  [{ taskQueue: {} }, 'missing task queue name'],
  [{ taskQueue: { name: LONG } }, 'taskQueue length exceeds limit'],
  [{ taskQueue: { name: '/_sys/queue/1' } }, 'task queue name cannot start with reserved prefix /_sys/'],
  [{ requestId: LONG }, 'RequestId length exceeds limit.'],
  [
    { workflowExecutionTimeout: { seconds: -1 } },
    'An invalid WorkflowExecutionTimeoutSeconds is set on request. cause: negative duration',
  ],
  [
    { workflowRunTimeout: { seconds: 1, nanos: -1 } },
    'An invalid WorkflowRunTimeoutSeconds is set on request. cause: duration has seconds and nanos with different signs',
  ],
  [
    { workflowTaskTimeout: { nanos: -1 } },
    'An invalid WorkflowTaskTimeoutSeconds is set on request. cause: negative duration',
  ],
  [
    { workflowStartDelay: { seconds: -1 } },
    'An invalid WorkflowStartDelaySeconds is set on request. cause: negative duration',
  ],
  [
    { cronSchedule: '* * * * *', workflowStartDelay: { seconds: 1 } },
    'CronSchedule and WorkflowStartDelay may not be used together.',
  ],
  [{ retryPolicy: { backoffCoefficient: 0.5 } }, 'BackoffCoefficient cannot be less than 1 on retry policy.'],
  [{ retryPolicy: { maximumAttempts: -1 } }, 'MaximumAttempts cannot be negative on retry policy.'],
  [
    {
      workflowIdReusePolicy: WorkflowIdReusePolicy.TerminateIfRunning,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.Fail,
    },
    'Invalid WorkflowIDReusePolicy: WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING cannot be used together with a WorkflowIDConflictPolicy',
  ],
  [
    {
      workflowIdReusePolicy: WorkflowIdReusePolicy.RejectDuplicate,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.TerminateExisting,
    },
    'Invalid WorkflowIDReusePolicy: WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE cannot be used together with WorkflowIdConflictPolicy WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING',
  ],
  [{ cronSchedule: 'now and then' }, 'invalid CronSchedule.'],
  [{ cronSchedule: '* * * * * *' }, 'invalid CronSchedule.'],
  [{ cronSchedule: '0 0 31 2 *' }, 'invalid CronSchedule, no time can be found to satisfy the schedule'],
  [
    { onConflictOptions: { attachCompletionCallbacks: true } },
    'attaching request ID is required for attaching completion callbacks',
  ],
  [
    { searchAttributes: { indexedFields: { Size: keyword } } },
    'Namespace default has no mapping defined for search attribute Size',
  ],
  [
    { searchAttributes: { indexedFields: { WorkflowId: keyword } } },
    "WorkflowId attribute can't be set in SearchAttributes",
  ],
  [{ priority: { priorityKey: -1 } }, "priority key can't be negative"],
  [{ priority: { fairnessKey: 'x'.repeat(65) } }, 'fairness key length exceeds limit'],
  [{ priority: { fairnessWeight: -1 } }, 'must be greater than zero'],
  [{ links: Array.from({ length: 11 }, () => link) }, 'cannot attach more than 10 links per request, got 11'],
  [{ links: [{}] }, 'unsupported link variant'],
  [
    { links: [{ workflowEvent: { ...link.workflowEvent, runId: '' } }] },
    'workflow event link must not have an empty run ID field',
  ],
  [{ input: HUGE }, 'Blob data size exceeds limit.'],
  [{ memo: { fields: { a: HUGE.payloads?.[0] ?? {} } } }, 'Memo size exceeds limit.'],
];

test('a start is refused for what is wrong with it, as Temporal says it', async () => {
  for (const [change, message] of REFUSED) {
    const reply = await server.call('StartWorkflowExecution', { ...start, ...change });
    assert.deepEqual(refusalOf(reply), { status: GrpcStatus.InvalidArgument, message });
  }
});

test('a policy that nobody knows decides nothing', async () => {
  const workflowId = 'policies';
  const unknown = { workflowIdConflictPolicy: 99 as ConflictPolicy, workflowIdReusePolicy: 98 as ReusePolicy };
  await server.ok('StartWorkflowExecution', { ...start, workflowId, ...unknown });
  const conflict = await server.call('StartWorkflowExecution', { ...start, workflowId, ...unknown });
  const message = 'Failed to process start workflow id conflict policy: 99.';
  assert.deepEqual(refusalOf(conflict), { status: GrpcStatus.Internal, message });
  await server.ok('TerminateWorkflowExecution', { workflowExecution: { workflowId } });
  const { workflowIdReusePolicy } = unknown;
  const reuse = await server.call('StartWorkflowExecution', { ...start, workflowId, workflowIdReusePolicy });
  assert.equal(refusalOf(reuse).message, 'Failed to process start workflow id reuse policy: 98.');
});

test('what is not served yet is refused, not ignored', async () => {
  const unserved: readonly StartWorkflowExecutionRequest[] = [{ timeSkippingConfig: { enabled: true } }];
  for (const change of unserved) {
    const reply = await server.call('StartWorkflowExecution', { ...start, ...change });
    assert.equal(refusalOf(reply).status, GrpcStatus.Unimplemented);
  }
});

test('a signal with start has messages of its own', async () => {
  const whole: SignalWithStartWorkflowExecutionRequest = { ...start, signalName: 'signal' };
  const refused: readonly (readonly [SignalWithStartWorkflowExecutionRequest, string])[] = [
    [{ workflowId: '' }, 'WorkflowId is not set on request.'],
    [{ signalName: '' }, 'signal not set'],
    [{ cronSchedule: 'now and then' }, 'invalid CronSchedule.'],
    [{ signalName: LONG }, 'signal name exceeds maximum allowed length (1001/1000)'],
    [{ workflowType: {} }, 'workflow type not set'],
    [{ workflowType: { name: LONG } }, 'workflow type name exceeds maximum allowed length (1001/1000)'],
    [{ requestId: LONG }, 'Request ID exceeds maximum allowed length (1001/1000)'],
    [
      { workflowIdConflictPolicy: WorkflowIdConflictPolicy.Fail },
      'Invalid WorkflowIDConflictPolicy: WORKFLOW_ID_CONFLICT_POLICY_FAIL is not supported for this operation.',
    ],
    [{ signalInput: HUGE }, 'Blob data size exceeds limit.'],
  ];
  for (const [change, message] of refused) {
    const reply = await server.call('SignalWithStartWorkflowExecution', { ...whole, ...change });
    assert.deepEqual(refusalOf(reply), { status: GrpcStatus.InvalidArgument, message });
  }
});

test('search attributes that are registered are kept with their type', async () => {
  const workflowId = 'colored';
  await server.ok('StartWorkflowExecution', {
    ...start,
    workflowId,
    searchAttributes: { indexedFields: { Color: keyword } },
  });
  const { executions } = await server.ok('ListWorkflowExecutions', { query: "Color = 'blue'" });
  assert.equal(executions?.length, 1);
  const { type } = executions?.[0]?.searchAttributes?.indexedFields?.['Color']?.metadata ?? {};
  assert.equal(Buffer.from(type ?? []).toString(), 'Keyword');
});

test('search attributes are registered by type, as many as Temporal has columns for', async () => {
  const add = (names: readonly string[]) =>
    server.operate('AddSearchAttributes', {
      searchAttributes: Object.fromEntries(names.map((name) => [name, IndexedValueType.Int])),
    });
  assert.equal(isRejection(await add(['One', 'Two'])), false);
  assert.equal(isRejection(await add(['One', 'Three'])), false);
  assert.equal(
    refusalOf(await add(['Four'])).message,
    'Unable to create search attributes: cannot have more than 3 search attribute of type Int.',
  );
  assert.equal(refusalOf(await add(['WorkflowId'])).message, 'Search attribute WorkflowId is reserved by system.');
  assert.equal(refusalOf(await add(['TemporalX'])).message, 'Search attribute TemporalX is reserved by system.');
  const listed = await server.operate('ListSearchAttributes', {});
  assert.ok(!isRejection(listed));
  const { Int, Keyword } = IndexedValueType;
  assert.deepEqual(listed.customAttributes, { Color: Keyword, One: Int, Two: Int, Three: Int });
  assert.equal(listed.systemAttributes?.['ExecutionStatus'], Keyword);
});

test('the limits of links and build ids are those of their keys', async () => {
  const limited = await TestServer.start({
    config: {
      'frontend.maxLinksPerRequest': [{ value: 1, constraints: { namespace: 'default' } }],
      'frontend.linkMaxSize': [{ value: 10 }],
      'limit.workerBuildIdSize': [{ value: 3 }],
    },
  });
  const link = { batchJob: { jobId: 'a job with a long name' } };
  const message = async (links: StartWorkflowExecutionRequest['links']) =>
    refusalOf(await limited.call('StartWorkflowExecution', { ...start, links: links ?? [] })).message;
  assert.equal(await message([link, link]), 'cannot attach more than 1 links per request, got 2');
  assert.match(await message([link]), /^link exceeds allowed size of 10, got \d+$/);
  const poll = { taskQueue: { name: 'queue' }, workerVersionCapabilities: { buildId: 'long' } };
  assert.equal(
    refusalOf(await limited.call('PollWorkflowTaskQueue', poll)).message,
    'Build ID exceeds configured limit.workerBuildIdSize, use a shorter build ID.',
  );
});
