import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { RawClient, refusalOf } from './raw-client.ts';
import { assertRefusal, invalid, jsonPayload, namespaceNotFound, notFound, TOO_BIG, TOO_LONG } from './refusals.ts';
import type { BadRequest } from './refusals.ts';
import { startServer } from './server-under-test.ts';

const NO_SUCH_RUN = '0190a0b0-0000-7000-8000-000000000000';
const DEFAULT = { namespace: 'default' };
const NEGATIVE = { seconds: -1 };
const open = `open-${randomUUID()}`;
const closed = `closed-${randomUUID()}`;
const START = { ...DEFAULT, workflowId: open, workflowType: { name: 'any' }, taskQueue: { name: 'nobody-polls-this' } };

const server = await startServer();
const raw = new RawClient(server.address);
before(async () => {
  await raw.call('StartWorkflowExecution', START);
  await raw.call('StartWorkflowExecution', { ...START, workflowId: closed });
  await raw.call('TerminateWorkflowExecution', { ...DEFAULT, workflowExecution: { workflowId: closed } });
});
after(async () => {
  await raw.call('TerminateWorkflowExecution', { ...DEFAULT, workflowExecution: { workflowId: open } });
  raw.close();
  await server.stop();
});

/** One test a row: the good request with the row's change must be refused as the row says. */
function refuses(rpc: string, good: object, rows: readonly BadRequest[]): void {
  describe(rpc, () => {
    for (const [name, change, expected] of rows) {
      test(name, async () => {
        assertRefusal(await raw.refusal(rpc, { ...good, ...change }), expected);
      });
    }
  });
}

const NAMESPACES: readonly BadRequest[] = [
  ['unknown namespace', { namespace: 'nowhere' }, namespaceNotFound('nowhere')],
  ['no namespace', { namespace: '' }, invalid('Namespace not set on request.')],
  ['namespace too long', { namespace: TOO_LONG }, invalid('Namespace length exceeds limit.')],
];

const TASK_QUEUES: readonly BadRequest[] = [
  ['no task queue', { taskQueue: undefined }, invalid('taskQueue is not set')],
  ['task queue without a name', { taskQueue: { name: '' } }, invalid('missing task queue name')],
  ['task queue name too long', { taskQueue: { name: TOO_LONG } }, invalid('taskQueue length exceeds limit')],
  [
    'task queue name of the server itself',
    { taskQueue: { name: '/_sys/x' } },
    invalid('task queue name cannot start with reserved prefix /_sys/'),
  ],
];

const retryPolicy = (change: object): object => ({
  retryPolicy: { initialInterval: { seconds: 1 }, backoffCoefficient: 2, ...change },
});
const START_OPTIONS: readonly BadRequest[] = [
  [
    'negative execution timeout',
    { workflowExecutionTimeout: NEGATIVE },
    invalid('An invalid WorkflowExecutionTimeoutSeconds is set on request. cause: negative duration'),
  ],
  [
    'negative run timeout',
    { workflowRunTimeout: NEGATIVE },
    invalid('An invalid WorkflowRunTimeoutSeconds is set on request. cause: negative duration'),
  ],
  [
    'negative task timeout',
    { workflowTaskTimeout: NEGATIVE },
    invalid('An invalid WorkflowTaskTimeoutSeconds is set on request. cause: negative duration'),
  ],
  [
    'a duration of two signs',
    { workflowRunTimeout: { seconds: 1, nanos: -1 } },
    invalid(
      'An invalid WorkflowRunTimeoutSeconds is set on request. cause: duration has seconds and nanos with different signs',
    ),
  ],
  [
    'negative start delay',
    { workflowStartDelay: NEGATIVE },
    invalid('An invalid WorkflowStartDelaySeconds is set on request. cause: negative duration'),
  ],
  [
    'back-off coefficient below 1',
    retryPolicy({ backoffCoefficient: 0.5 }),
    invalid('BackoffCoefficient cannot be less than 1 on retry policy.'),
  ],
  [
    'negative initial interval',
    retryPolicy({ initialInterval: NEGATIVE }),
    invalid('invalid InitialInterval set on retry policy: negative duration'),
  ],
  [
    'maximum interval below the initial interval',
    retryPolicy({ initialInterval: { seconds: 10 }, maximumInterval: { seconds: 1 } }),
    invalid('MaximumInterval cannot be less than InitialInterval on retry policy.'),
  ],
  [
    'negative maximum attempts',
    retryPolicy({ maximumAttempts: -1 }),
    invalid('MaximumAttempts cannot be negative on retry policy.'),
  ],
  [
    'reuse policy TERMINATE_IF_RUNNING with a conflict policy',
    { workflowIdReusePolicy: 4, workflowIdConflictPolicy: 2 },
    invalid(
      'Invalid WorkflowIDReusePolicy: WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING cannot be used together with a WorkflowIDConflictPolicy',
    ),
  ],
  [
    'reuse policy REJECT_DUPLICATE with conflict policy TERMINATE_EXISTING',
    { workflowIdReusePolicy: 3, workflowIdConflictPolicy: 3 },
    invalid(
      'Invalid WorkflowIDReusePolicy: WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE cannot be used together with WorkflowIdConflictPolicy WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING',
    ),
  ],
  [
    'a cron schedule with a start delay',
    { cronSchedule: '* * * * *', workflowStartDelay: { seconds: 1 } },
    invalid('CronSchedule and WorkflowStartDelay may not be used together.'),
  ],
  [
    'an unknown search attribute',
    { searchAttributes: { indexedFields: { Unheard: jsonPayload('"x"') } } },
    invalid('Namespace default has no mapping defined for search attribute Unheard'),
  ],
  [
    "a search attribute that is the server's own",
    { searchAttributes: { indexedFields: { WorkflowType: jsonPayload('"x"') } } },
    invalid("WorkflowType attribute can't be set in SearchAttributes"),
  ],
  [
    'a search attribute of another type',
    { searchAttributes: { indexedFields: { TemporalSchedulePaused: jsonPayload('"x"') } } },
    invalid('invalid value for search attribute TemporalSchedulePaused of type Bool: x'),
  ],
  [
    'a search attribute over 2,048 bytes',
    { searchAttributes: { indexedFields: { BatcherUser: jsonPayload(`"${'x'.repeat(2047)}"`) } } },
    invalid('search attribute BatcherUser value size 2049 exceeds size limit 2048'),
  ],
];

const ABSENT = { workflowId: `absent-${randomUUID()}` };
const TOO_BIG_START = { workflowId: ABSENT.workflowId, input: TOO_BIG };
refuses('StartWorkflowExecution', START, [
  ...NAMESPACES,
  ...TASK_QUEUES,
  ...START_OPTIONS,
  ['no workflow id', { workflowId: '' }, invalid('WorkflowId is not set on request.')],
  ['workflow id too long', { workflowId: TOO_LONG }, invalid('WorkflowId exceeds maximum allowed length (1001/1000)')],
  [
    'workflow id too long in bytes, not in characters',
    { workflowId: 'é'.repeat(501) },
    invalid('WorkflowId exceeds maximum allowed length (1002/1000)'),
  ],
  ['no workflow type', { workflowType: undefined }, invalid('WorkflowType is not set on request.')],
  ['workflow type too long', { workflowType: { name: TOO_LONG } }, invalid('WorkflowType length exceeds limit.')],
  ['request id too long', { requestId: TOO_LONG }, invalid('RequestId length exceeds limit.')],
  ['nonsense for a cron schedule', { cronSchedule: 'nonsense' }, invalid('invalid CronSchedule.')],
  ['input over 2 MiB', TOO_BIG_START, invalid('Blob data size exceeds limit.')],
  ['memo over 2 MiB', { ...ABSENT, memo: { fields: { a: TOO_BIG.payloads[0] } } }, invalid('Memo size exceeds limit.')],
]);

refuses('SignalWithStartWorkflowExecution', { ...START, signalName: 'any' }, [
  ...NAMESPACES,
  ...TASK_QUEUES,
  ...START_OPTIONS,
  ['no signal name', { signalName: '' }, invalid('signal not set')],
  ['signal name too long', { signalName: TOO_LONG }, invalid('signal name exceeds maximum allowed length (1001/1000)')],
  ['no workflow type', { workflowType: undefined }, invalid('workflow type not set')],
  ['request id too long', { requestId: TOO_LONG }, invalid('Request ID exceeds maximum allowed length (1001/1000)')],
  ['signal input over 2 MiB', { ...ABSENT, signalInput: TOO_BIG }, invalid('Blob data size exceeds limit.')],
  [
    'conflict policy FAIL',
    { workflowIdConflictPolicy: 1 },
    invalid('Invalid WorkflowIDConflictPolicy: WORKFLOW_ID_CONFLICT_POLICY_FAIL is not supported for this operation.'),
  ],
]);

/** What every request that names an execution must refuse. */
function executions(field: string): BadRequest[] {
  return [
    ...NAMESPACES,
    ['no execution', { [field]: undefined }, invalid('Execution is not set on request.')],
    ['no workflow id', { [field]: { workflowId: '' } }, invalid('WorkflowId is not set on request.')],
    ['a run id that is no UUID', { [field]: { workflowId: open, runId: 'x' } }, invalid('Invalid RunId.')],
    ['unknown workflow', { [field]: ABSENT }, notFound(`workflow not found for ID: ${ABSENT.workflowId}`)],
    ['workflow id too long', { [field]: { workflowId: TOO_LONG } }, notFound(`workflow not found for ID: ${TOO_LONG}`)],
    [
      'unknown run',
      { [field]: { workflowId: open, runId: NO_SUCH_RUN } },
      notFound(`workflow execution not found for workflow ID "${open}" and run ID "${NO_SUCH_RUN}"`),
    ],
  ];
}

const OPEN = { ...DEFAULT, workflowExecution: { workflowId: open } };
const CLOSED: BadRequest = [
  'a closed workflow',
  { workflowExecution: { workflowId: closed } },
  notFound('workflow execution already completed'),
];
const OTHER_CHAIN: BadRequest = [
  'another chain of runs',
  { firstExecutionRunId: NO_SUCH_RUN },
  notFound('workflow execution not found'),
];

refuses('SignalWorkflowExecution', { ...OPEN, signalName: 'any' }, [
  ...executions('workflowExecution'),
  CLOSED,
  ['no signal name', { signalName: '' }, invalid('SignalName is not set on request.')],
  ['signal name too long', { signalName: TOO_LONG }, invalid('SignalName length exceeds limit.')],
  ['request id too long', { requestId: TOO_LONG }, invalid('RequestId length exceeds limit.')],
  ['input over 2 MiB', { input: TOO_BIG }, invalid('Blob data size exceeds limit.')],
]);
refuses('RequestCancelWorkflowExecution', OPEN, [...executions('workflowExecution'), OTHER_CHAIN]);
refuses('TerminateWorkflowExecution', OPEN, [...executions('workflowExecution'), CLOSED, OTHER_CHAIN]);

const EXECUTION = { ...DEFAULT, execution: { workflowId: open } };
const BAD_PAGE: BadRequest = [
  'a page token that is none',
  { nextPageToken: Buffer.from('garbage') },
  invalid('Invalid NextPageToken.'),
];
refuses('DescribeWorkflowExecution', EXECUTION, executions('execution'));
refuses('GetWorkflowExecutionHistory', EXECUTION, [...executions('execution'), BAD_PAGE]);
refuses('GetWorkflowExecutionHistoryReverse', EXECUTION, [...executions('execution'), BAD_PAGE]);
refuses('QueryWorkflow', { ...EXECUTION, query: { queryType: 'any' } }, [
  ...executions('execution'),
  ['no query', { query: undefined }, invalid('WorkflowQuery is not set on request.')],
  ['no query type', { query: { queryType: '' } }, invalid('QueryType is not set on request.')],
  [
    'arguments over 2 MiB',
    { query: { queryType: 'any', queryArgs: TOO_BIG } },
    invalid('Blob data size exceeds limit.'),
  ],
  [
    'a workflow closed before its first task',
    { execution: { workflowId: closed } },
    [
      'FAILED_PRECONDITION',
      'Workflow execution closed before WorkflowTaskStarted event',
      { type: 'WorkflowNotReadyFailure' },
    ],
  ],
]);

refuses('ListWorkflowExecutions', DEFAULT, [
  ['unknown namespace', { namespace: 'nowhere' }, namespaceNotFound('nowhere')],
  [
    'an unknown attribute',
    { query: "Unheard = 'x'" },
    invalid("invalid query: invalid expression: column name 'Unheard' is not a valid search attribute"),
  ],
  [
    'an unknown status',
    { query: "ExecutionStatus = 'Unheard'" },
    invalid("invalid query: invalid expression: invalid ExecutionStatus value 'Unheard'"),
  ],
  [
    'a time that is none',
    { query: "StartTime > 'yesterday'" },
    invalid("invalid query: invalid expression: unable to parse datetime 'yesterday'"),
  ],
  [
    'an order',
    { query: 'ORDER BY StartTime' },
    invalid("invalid query: operation is not supported: 'ORDER BY' clause"),
  ],
  [
    'a group',
    { query: 'GROUP BY ExecutionStatus' },
    invalid("invalid query: operation is not supported: 'GROUP BY' clause"),
  ],
]);
refuses('CountWorkflowExecutions', DEFAULT, [
  [
    'a group by two attributes',
    { query: 'GROUP BY ExecutionStatus, WorkflowType' },
    invalid("invalid query: operation is not supported: 'GROUP BY' clause supports only a single field"),
  ],
]);

const POLL = { ...DEFAULT, taskQueue: { name: 'nobody-polls-this' } };
const LONG_IDENTITY: BadRequest = [
  'identity too long',
  { identity: TOO_LONG },
  invalid('Identity length exceeds limit.'),
];
refuses('PollWorkflowTaskQueue', POLL, [...NAMESPACES, ...TASK_QUEUES, LONG_IDENTITY]);
refuses('PollActivityTaskQueue', POLL, [...NAMESPACES, ...TASK_QUEUES, LONG_IDENTITY]);
describe('a poll with a bad deadline', () => {
  const cases = [
    ['none', undefined, invalid('Context timeout is not set.')],
    ['below a second', 600, ['FAILED_PRECONDITION', 'Context timeout is too short.']],
  ] as const;
  for (const [name, deadlineMs, expected] of cases) {
    test(name, async () => {
      const poll = raw.callWithDeadline('PollWorkflowTaskQueue', POLL, deadlineMs);
      assertRefusal(await refusalOf(poll), expected);
    });
  }
});

refuses('DescribeNamespace', {}, [
  ['unknown namespace', { namespace: 'nowhere' }, namespaceNotFound('nowhere')],
  ['neither name nor id', {}, ['INVALID_ARGUMENT', 'Namespace not set on request.']],
  ['unknown id', { id: NO_SUCH_RUN }, namespaceNotFound(NO_SUCH_RUN)],
]);
const NEW_NAMESPACE = { namespace: `n-${randomUUID()}`, workflowExecutionRetentionPeriod: { seconds: 86_400 } };
refuses('RegisterNamespace', NEW_NAMESPACE, [
  [
    'a name that is taken',
    DEFAULT,
    ['ALREADY_EXISTS', 'Namespace "default" already exists', { type: 'NamespaceAlreadyExistsFailure' }],
  ],
  ['no name', { namespace: '' }, invalid('Namespace not set on request.')],
  ['name too long', { namespace: TOO_LONG }, invalid('Namespace length exceeds limit.')],
  [
    'retention below an hour',
    { workflowExecutionRetentionPeriod: { seconds: 60 } },
    invalid('A valid retention period is not set on request.'),
  ],
]);

describe('bytes that are no request', () => {
  const METHOD = '/temporal.api.workflowservice.v1.WorkflowService/StartWorkflowExecution';
  const cases = [
    ['truncated protobuf', Buffer.from([0x0a, 0x07, 0x64, 0x65, 0x66])],
    ['JSON', Buffer.from('{"namespace": "default"}')],
    ['an endless number', Buffer.alloc(12, 0xff)],
    ['field number 0', Buffer.from([0x00, 0x01])],
    ['a string that is no UTF-8', Buffer.from([0x0a, 0x02, 0xff, 0xfe])],
  ] as const;
  for (const [name, bytes] of cases) {
    test(name, async () => {
      const { code, message } = await refusalOf(raw.callBytes(METHOD, bytes));
      assert.equal(code, 'INTERNAL');
      assert.match(message, /^grpc: error unmarshalling request: /);
    });
  }

  test('a message over 4 MiB', async () => {
    const refusal = await refusalOf(raw.callBytes(METHOD, Buffer.alloc(4 * 1024 * 1024 + 1)));
    assertRefusal(refusal, ['RESOURCE_EXHAUSTED', 'grpc: received message larger than max (4194305 vs. 4194304)']);
  });

  test('an unknown method', async () => {
    const path = '/temporal.api.workflowservice.v1.WorkflowService/DoWhatNobodyKnows';
    const refusal = await refusalOf(raw.callBytes(path, Buffer.alloc(0)));
    assertRefusal(refusal, [
      'UNIMPLEMENTED',
      'unknown method DoWhatNobodyKnows for service temporal.api.workflowservice.v1.WorkflowService',
    ]);
  });

  test('an unknown service', async () => {
    const refusal = await refusalOf(raw.callBytes('/no.such.Service/Method', Buffer.alloc(0)));
    assertRefusal(refusal, ['UNIMPLEMENTED', 'unknown service no.such.Service']);
  });
});

describe('a policy that nobody knows, where it would decide', () => {
  for (const [name, change] of [
    ['conflict policy while a run is open', { workflowIdConflictPolicy: 99 }],
    ['reuse policy after the last run closed', { workflowIdReusePolicy: 99, workflowId: closed }],
  ] as const) {
    test(name, async () => {
      const request = { ...START, ...change };
      const execution = { workflowId: request.workflowId };
      const before = await raw.call('DescribeWorkflowExecution', { ...DEFAULT, execution });
      const { code } = await raw.refusal('StartWorkflowExecution', request);
      assert.ok(['INTERNAL', 'INVALID_ARGUMENT'].includes(code), code);
      const after = await raw.call('DescribeWorkflowExecution', { ...DEFAULT, execution });
      assert.deepEqual(after['workflowExecutionInfo'], before['workflowExecutionInfo']);
    });
  }
});

describe('what may stand in a request all the same', () => {
  const accepted = [
    ['unknown enum values', { workflowIdReusePolicy: 99, workflowIdConflictPolicy: 99 }],
    ['an unknown kind of task queue', { taskQueue: { name: 'nobody-polls-this', kind: 99 } }],
    ['a workflow id of 1,000 bytes', { workflowId: `${randomUUID()}${'x'.repeat(964)}` }],
    ['a timeout of 10,000 years', { workflowRunTimeout: { seconds: 315_576_000_000 } }],
    ['a header over 2 MiB', { header: { fields: { a: TOO_BIG.payloads[0] } } }],
  ] as const;
  for (const [name, change] of accepted) {
    test(name, async () => {
      const request = { ...START, workflowId: `accepted-${randomUUID()}`, ...change };
      const { runId } = await raw.call('StartWorkflowExecution', request);
      assert.equal(typeof runId, 'string');
      const { workflowId } = request;
      await raw.call('TerminateWorkflowExecution', { ...DEFAULT, workflowExecution: { workflowId } });
    });
  }
});
