import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import proto from '@temporalio/proto';
import type { temporal } from '@temporalio/proto';
import { eventType } from './history.ts';
import { RawClient } from './raw-client.ts';
import { assertRefusal, invalid, namespaceNotFound, notFound, TOO_BIG, TOO_LONG } from './refusals.ts';
import type { BadRequest, Expected } from './refusals.ts';
import { IS_TEMPORAL, startServer } from './server-under-test.ts';
import { eventually } from './waiting.ts';

const { CommandType, WorkflowTaskFailedCause } = proto.temporal.api.enums.v1;
const DEFAULT = { namespace: 'default' };
const OTHER_NAMESPACE = 'interop-other';
const ONE_SECOND = { seconds: 1 };
const NEGATIVE = { seconds: -1 };
const APPLICATION_FAILURE = { failure: { message: 'it failed', applicationFailureInfo: { type: 'T' } } };
const UNSIGNED_TOKENS = IS_TEMPORAL ? "Temporal's own server does not sign its tokens" : false;
const NO_ACTIVITY = notFound('invalid activityID or activity already timed out or invoking workflow is completed');
const ALREADY_COMPLETED = notFound('workflow execution already completed');

const server = await startServer();
const raw = new RawClient(server.address);
before(registerOtherNamespace);
after(async () => {
  raw.close();
  await server.stop();
});

/** Registers a second namespace, and waits until it can be used. */
async function registerOtherNamespace(): Promise<void> {
  const request = { namespace: OTHER_NAMESPACE, workflowExecutionRetentionPeriod: { seconds: 86_400 } };
  await raw.call('RegisterNamespace', request).catch(async (error: unknown) => {
    assert.match(String(error), /already exists/);
  });
  const poll = { namespace: OTHER_NAMESPACE, taskQueue: { name: 'any' } };
  await eventually(() => raw.call('DescribeTaskQueue', poll), 30_000);
}

type WorkflowTask = { readonly workflowId: string; readonly taskQueue: string; readonly taskToken: Buffer };

/** Starts a workflow on a task queue of its own and takes its first workflow task. */
async function workflowTask(): Promise<WorkflowTask> {
  const workflowId = `bad-task-${randomUUID()}`;
  const taskQueue = { name: workflowId };
  const workflowTaskTimeout = { seconds: 60 };
  await raw.call('StartWorkflowExecution', {
    ...DEFAULT,
    workflowId,
    workflowType: { name: 'any' },
    taskQueue,
    workflowTaskTimeout,
  });
  const { taskToken } = await raw.call('PollWorkflowTaskQueue', { ...DEFAULT, taskQueue });
  return { workflowId, taskQueue: workflowId, taskToken: taskToken as Buffer };
}

/** The same, and then schedules and takes an activity. */
async function activityTask(): Promise<WorkflowTask> {
  const task = await workflowTask();
  const taskQueue = { name: task.taskQueue };
  const options = { taskQueue, startToCloseTimeout: { seconds: 60 }, retryPolicy: { maximumAttempts: 1 } };
  const commands = [activity(options)];
  await raw.call('RespondWorkflowTaskCompleted', { ...DEFAULT, taskToken: task.taskToken, commands });
  const { taskToken } = await raw.call('PollActivityTaskQueue', { ...DEFAULT, taskQueue });
  return { ...task, taskToken: taskToken as Buffer };
}

/** A task of the kind that `rpc` reports on. */
async function taskFor(rpc: string): Promise<WorkflowTask> {
  return rpc.includes('WorkflowTask') ? await workflowTask() : await activityTask();
}

async function terminate(workflowId: string): Promise<void> {
  await raw.call('TerminateWorkflowExecution', { ...DEFAULT, workflowExecution: { workflowId } });
}

async function history(workflowId: string): Promise<temporal.api.history.v1.IHistoryEvent[]> {
  const reply = await raw.call('GetWorkflowExecutionHistory', { ...DEFAULT, execution: { workflowId } });
  return (reply['history'] as temporal.api.history.v1.IHistory).events ?? [];
}

function command(type: keyof typeof CommandType, attributes: object = {}): object {
  return { commandType: CommandType[type], ...attributes };
}

function activity(attributes: object): object {
  const given = { activityId: 'a', activityType: { name: 't' }, taskQueue: { name: 'any' }, ...attributes };
  return command('COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK', { scheduleActivityTaskCommandAttributes: given });
}

function timer(attributes: object): object {
  return command('COMMAND_TYPE_START_TIMER', { startTimerCommandAttributes: attributes });
}

describe('task tokens', () => {
  const rpcs: readonly (readonly [rpc: string, more: object, usedUp: Expected, closed: Expected])[] = [
    ['RespondWorkflowTaskCompleted', {}, notFound('Workflow task not found.'), notFound('Workflow task not found.')],
    ['RespondWorkflowTaskFailed', { cause: 14 }, notFound('Workflow task not found.'), ALREADY_COMPLETED],
    ['RespondActivityTaskCompleted', {}, NO_ACTIVITY, ALREADY_COMPLETED],
    ['RespondActivityTaskFailed', APPLICATION_FAILURE, NO_ACTIVITY, ALREADY_COMPLETED],
    ['RespondActivityTaskCanceled', {}, NO_ACTIVITY, ALREADY_COMPLETED],
    ['RecordActivityTaskHeartbeat', {}, NO_ACTIVITY, ALREADY_COMPLETED],
  ];
  const UNREADABLE = invalid('Error deserializing task token.');
  const malformed: readonly BadRequest[] = [
    ['no token', { taskToken: Buffer.alloc(0) }, invalid('Task token not set on request.')],
    ['text', { taskToken: Buffer.from('garbage') }, UNREADABLE],
    ['zeros', { taskToken: Buffer.alloc(40) }, UNREADABLE],
    ['too many bytes', { taskToken: Buffer.alloc(100_000, 0xff) }, UNREADABLE],
  ];

  for (const [rpc, more, usedUp, closed] of rpcs) {
    describe(rpc, () => {
      for (const [name, change, expected] of malformed) {
        test(`malformed: ${name}`, async () => {
          assertRefusal(await raw.refusal(rpc, { ...DEFAULT, ...more, ...change }), expected);
        });
      }

      test('truncated, and from another namespace', async () => {
        const { taskToken, workflowId } = await taskFor(rpc);
        const good = { ...DEFAULT, ...more, taskToken };
        assertRefusal(await raw.refusal(rpc, { ...good, taskToken: taskToken.subarray(0, 20) }), UNREADABLE);
        const elsewhere = await raw.refusal(rpc, { ...good, namespace: OTHER_NAMESPACE });
        assertRefusal(elsewhere, invalid('Operation requested with a token from a different namespace.'));
        assertRefusal(await raw.refusal(rpc, { ...good, namespace: 'nowhere' }), namespaceNotFound('nowhere'));
        await terminate(workflowId);
      });

      test('forged: changed in any byte', { skip: UNSIGNED_TOKENS }, async () => {
        const { taskToken, workflowId } = await taskFor(rpc);
        const before = (await history(workflowId)).length;
        for (let index = 0; index < taskToken.length; index += 1) {
          const forged = Buffer.from(taskToken);
          forged[index] = (forged[index] ?? 0) ^ 0x20;
          assertRefusal(await raw.refusal(rpc, { ...DEFAULT, ...more, taskToken: forged }), UNREADABLE);
        }
        assert.equal((await history(workflowId)).length, before);
        await terminate(workflowId);
      });

      test('used up, and of a closed workflow', async () => {
        const { taskToken, workflowId } = await taskFor(rpc);
        const finish = rpc.includes('Workflow') ? 'RespondWorkflowTaskCompleted' : 'RespondActivityTaskCompleted';
        await raw.call(finish, { ...DEFAULT, taskToken });
        assertRefusal(await raw.refusal(rpc, { ...DEFAULT, ...more, taskToken }), usedUp);
        await terminate(workflowId);
        assertRefusal(await raw.refusal(rpc, { ...DEFAULT, ...more, taskToken }), closed);
      });
    });
  }

  test('RespondQueryTaskCompleted with the token of a workflow task', async () => {
    const { taskToken, workflowId } = await workflowTask();
    const refusal = await raw.refusal('RespondQueryTaskCompleted', { ...DEFAULT, taskToken });
    assertRefusal(refusal, notFound('query task not found, or already expired'));
    await terminate(workflowId);
  });

  test('an activity cannot be ended with the token of a workflow task', async () => {
    const { taskToken, workflowId } = await workflowTask();
    assertRefusal(await raw.refusal('RespondActivityTaskCompleted', { ...DEFAULT, taskToken }), NO_ACTIVITY);
    await terminate(workflowId);
  });
});

type BadCommand = readonly [name: string, cause: string, message: string, commands: readonly object[]];

const TIMER_BAD = 'BAD_START_TIMER_ATTRIBUTES';
const ACTIVITY_BAD = 'BAD_SCHEDULE_ACTIVITY_ATTRIBUTES';
const CHILD_BAD = 'BAD_START_CHILD_EXECUTION_ATTRIBUTES';
const SIGNAL_BAD = 'BAD_SIGNAL_WORKFLOW_EXECUTION_ATTRIBUTES';
const child = (attributes: object): object =>
  command('COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION', { startChildWorkflowExecutionCommandAttributes: attributes });
const signal = (attributes: object): object =>
  command('COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION', {
    signalExternalWorkflowExecutionCommandAttributes: attributes,
  });

describe('commands that fail their workflow task', { concurrency: 4 }, () => {
  const cases: readonly BadCommand[] = [
    [
      'a timer without attributes',
      TIMER_BAD,
      'BadStartTimerAttributes: StartTimerCommandAttributes is not set on StartTimerCommand.',
      [command('COMMAND_TYPE_START_TIMER')],
    ],
    [
      'a timer without an id',
      TIMER_BAD,
      'BadStartTimerAttributes: TimerId is not set on StartTimerCommand.',
      [timer({ startToFireTimeout: ONE_SECOND })],
    ],
    [
      'a negative timer',
      TIMER_BAD,
      'BadStartTimerAttributes: An invalid StartToFireTimeout is set on StartTimerCommand: negative duration. TimerId=a',
      [timer({ timerId: 'a', startToFireTimeout: NEGATIVE })],
    ],
    [
      'two timers of one id',
      'START_TIMER_DUPLICATE_ID',
      'StartTimerDuplicateId: invalid history builder state for action: add-timer-started-event, TimerID: a',
      [
        timer({ timerId: 'a', startToFireTimeout: ONE_SECOND }),
        timer({ timerId: 'a', startToFireTimeout: ONE_SECOND }),
      ],
    ],
    [
      'cancelling a timer that is not there',
      'BAD_CANCEL_TIMER_ATTRIBUTES',
      'BadCancelTimerAttributes: invalid history builder state for action: add-timer-canceled-event, TimerID: a',
      [command('COMMAND_TYPE_CANCEL_TIMER', { cancelTimerCommandAttributes: { timerId: 'a' } })],
    ],
    [
      'an activity without a timeout',
      ACTIVITY_BAD,
      'BadScheduleActivityAttributes: a valid StartToCloseTimeout or ScheduleToCloseTimeout must be set on the activity. ActivityId=a ActivityType=t',
      [activity({})],
    ],
    [
      'an activity without an id',
      ACTIVITY_BAD,
      'BadScheduleActivityAttributes: activityId is not set',
      [activity({ activityId: '', startToCloseTimeout: ONE_SECOND })],
    ],
    [
      'an activity without a type',
      ACTIVITY_BAD,
      'BadScheduleActivityAttributes: activityType is not set',
      [activity({ activityType: undefined, startToCloseTimeout: ONE_SECOND })],
    ],
    [
      'an activity id too long',
      ACTIVITY_BAD,
      'BadScheduleActivityAttributes: activityId exceeds length limit. Length=1001 Limit=1000',
      [activity({ activityId: TOO_LONG, startToCloseTimeout: ONE_SECOND })],
    ],
    [
      'a negative activity timeout',
      ACTIVITY_BAD,
      'BadScheduleActivityAttributes: invalid HeartbeatTimeout: negative duration',
      [activity({ startToCloseTimeout: ONE_SECOND, heartbeatTimeout: NEGATIVE })],
    ],
    [
      'a bad retry policy',
      ACTIVITY_BAD,
      'BadScheduleActivityAttributes: BackoffCoefficient cannot be less than 1 on retry policy.',
      [activity({ startToCloseTimeout: ONE_SECOND, retryPolicy: { backoffCoefficient: 0.5 } })],
    ],
    [
      'two activities of one id',
      'SCHEDULE_ACTIVITY_DUPLICATE_ID',
      'ScheduleActivityDuplicateId: invalid history builder state for action: add-activitytask-scheduled-event, ActivityID: a',
      [activity({ startToCloseTimeout: ONE_SECOND }), activity({ startToCloseTimeout: ONE_SECOND })],
    ],
    [
      'cancelling an activity that is not there',
      'BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES',
      'BadRequestCancelActivityAttributes: invalid history builder state for action: add-activitytask-cancel-requested-event, ScheduledEventID: 77',
      [
        command('COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK', {
          requestCancelActivityTaskCommandAttributes: { scheduledEventId: 77 },
        }),
      ],
    ],
    [
      'a completion without attributes',
      'BAD_COMPLETE_WORKFLOW_EXECUTION_ATTRIBUTES',
      'BadCompleteWorkflowExecutionAttributes: CompleteWorkflowExecutionCommandAttributes is not set on CompleteWorkflowExecutionCommand.',
      [command('COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION')],
    ],
    [
      'a failure without a failure',
      'BAD_FAIL_WORKFLOW_EXECUTION_ATTRIBUTES',
      'BadFailWorkflowExecutionAttributes: Failure is not set on FailWorkflowExecutionCommand.',
      [command('COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION', { failWorkflowExecutionCommandAttributes: {} })],
    ],
    [
      'a marker without a name',
      'BAD_RECORD_MARKER_ATTRIBUTES',
      'BadRecordMarkerAttributes: MarkerName is not set on RecordMarkerCommand.',
      [command('COMMAND_TYPE_RECORD_MARKER', { recordMarkerCommandAttributes: {} })],
    ],
    [
      'a child without an id',
      CHILD_BAD,
      'BadStartChildExecutionAttributes: Required field WorkflowId is not set on StartChildWorkflowExecutionCommand. WorkflowType=t Namespace=default',
      [child({ workflowType: { name: 't' } })],
    ],
    [
      'a child without a type',
      CHILD_BAD,
      'BadStartChildExecutionAttributes: Required field WorkflowType is not set on StartChildWorkflowExecutionCommand. WorkflowId=c Namespace=default',
      [child({ workflowId: 'c' })],
    ],
    [
      'a child in another namespace',
      CHILD_BAD,
      'BadStartChildExecutionAttributes: cross namespace commands are not allowed',
      [child({ workflowId: 'c', workflowType: { name: 't' }, namespace: OTHER_NAMESPACE })],
    ],
    [
      'a signal to nobody',
      SIGNAL_BAD,
      'BadSignalWorkflowExecutionAttributes: WorkflowId is not set on SignalExternalWorkflowExecutionCommand. Namespace= RunId= SignalName=s',
      [signal({ signalName: 's', execution: {} })],
    ],
    [
      'a signal without a name',
      SIGNAL_BAD,
      'BadSignalWorkflowExecutionAttributes: SignalName is not set on SignalExternalWorkflowExecutionCommand. WorkflowId=w Namespace= RunId=',
      [signal({ execution: { workflowId: 'w' } })],
    ],
    [
      'a signal to a run id that is no UUID',
      SIGNAL_BAD,
      'BadSignalWorkflowExecutionAttributes: Invalid RunId set on SignalExternalWorkflowExecutionCommand. WorkflowId=w Namespace= RunId=x SignalName=s',
      [signal({ signalName: 's', execution: { workflowId: 'w', runId: 'x' } })],
    ],
    [
      'continue-as-new without attributes',
      'BAD_CONTINUE_AS_NEW_ATTRIBUTES',
      'BadContinueAsNewAttributes: ContinueAsNewWorkflowExecutionCommandAttributes is not set on ContinueAsNewWorkflowExecutionCommand.',
      [command('COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION')],
    ],
    [
      'search attributes without any',
      'BAD_SEARCH_ATTRIBUTES',
      'BadSearchAttributes: SearchAttributes is not set on UpsertWorkflowSearchAttributesCommand.',
      [
        command('COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES', {
          upsertWorkflowSearchAttributesCommandAttributes: {},
        }),
      ],
    ],
  ];
  for (const [name, cause, message, commands] of cases) {
    test(name, async () => {
      const { taskToken, workflowId } = await workflowTask();
      const refusal = await raw.refusal('RespondWorkflowTaskCompleted', { ...DEFAULT, taskToken, commands });
      assertRefusal(refusal, invalid(message));
      const [failed] = (await history(workflowId)).slice(3);
      const attributes = failed?.workflowTaskFailedEventAttributes;
      assert.equal(WorkflowTaskFailedCause[attributes?.cause ?? 0], `WORKFLOW_TASK_FAILED_CAUSE_${cause}`);
      assert.equal(attributes?.failure?.message, refusal.message);
      await terminate(workflowId);
    });
  }
});

describe('commands that the server refuses and forgets', () => {
  const cases: readonly (readonly [name: string, message: string, commands: readonly object[]])[] = [
    ['an unknown type', 'unknown command type: 99', [{ commandType: 99 }]],
    ['no type', 'unknown command type: Unspecified', [{ commandType: 0 }]],
    [
      'something after the last command',
      'invalid command sequence: [CompleteWorkflowExecution, StartTimer], command CompleteWorkflowExecution must be the last command.',
      [
        command('COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION', { completeWorkflowExecutionCommandAttributes: {} }),
        timer({ timerId: 'a', startToFireTimeout: ONE_SECOND }),
      ],
    ],
  ];
  for (const [name, message, commands] of cases) {
    test(`${name}: the task is still there to be completed`, async () => {
      const { taskToken, workflowId } = await workflowTask();
      const refusal = await raw.refusal('RespondWorkflowTaskCompleted', { ...DEFAULT, taskToken, commands });
      assertRefusal(refusal, invalid(message));
      assert.equal((await history(workflowId)).length, 3);
      const good = [
        command('COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION', { completeWorkflowExecutionCommandAttributes: {} }),
      ];
      await raw.call('RespondWorkflowTaskCompleted', { ...DEFAULT, taskToken, commands: good });
      assert.equal(eventType((await history(workflowId)).at(-1) ?? {}), 'WorkflowExecutionCompleted');
    });
  }
});

describe('payloads over 2 MiB', { concurrency: 4 }, () => {
  const commands: readonly (readonly [name: string, message: string, command: object])[] = [
    [
      'in an activity',
      'BadScheduleActivityAttributes: ScheduleActivityTaskCommandAttributes.Input exceeds size limit.',
      activity({ startToCloseTimeout: ONE_SECOND, input: TOO_BIG }),
    ],
    [
      'in a result of a workflow',
      'BadScheduleActivityAttributes: CompleteWorkflowExecutionCommandAttributes.Result exceeds size limit.',
      command('COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION', {
        completeWorkflowExecutionCommandAttributes: { result: TOO_BIG },
      }),
    ],
  ];
  for (const [name, message, tooBig] of commands) {
    test(`${name}: the workflow is terminated`, async () => {
      const { taskToken, workflowId } = await workflowTask();
      const request = { ...DEFAULT, taskToken, commands: [tooBig] };
      assertRefusal(await raw.refusal('RespondWorkflowTaskCompleted', request), invalid(message));
      const closing = (await history(workflowId)).slice(3);
      assert.deepEqual(closing.map(eventType), ['WorkflowTaskFailed', 'WorkflowExecutionTerminated']);
      assert.equal(closing[1]?.workflowExecutionTerminatedEventAttributes?.reason, message);
    });
  }

  const reports: readonly (readonly [rpc: string, more: object, message: string])[] = [
    ['RespondActivityTaskCompleted', { result: TOO_BIG }, 'Complete result exceeds size limit.'],
    ['RespondActivityTaskCanceled', { details: TOO_BIG }, 'Cancel details exceed size limit.'],
    ['RecordActivityTaskHeartbeat', { details: TOO_BIG }, 'Heartbeat details exceed size limit.'],
    [
      'RespondActivityTaskFailed',
      { failure: { message: 'm', applicationFailureInfo: { type: 'T', details: TOO_BIG } } },
      'Failure exceeds size limit.',
    ],
  ];
  for (const [rpc, more, message] of reports) {
    test(`${rpc}: the activity fails for good`, async () => {
      const { taskToken, workflowId } = await activityTask();
      const reply = await raw.call(rpc, { ...DEFAULT, taskToken, ...more });
      if (rpc === 'RecordActivityTaskHeartbeat') assert.equal(reply['cancelRequested'], true);
      const failed = (await history(workflowId)).find((event) => eventType(event) === 'ActivityTaskFailed');
      const failure = failed?.activityTaskFailedEventAttributes?.failure;
      assert.equal(failure?.message, message);
      assert.equal(failure.serverFailureInfo?.nonRetryable, true);
      await terminate(workflowId);
    });
  }
});

describe('reports on activities', () => {
  test('a failure that is no application failure, and a cancellation that nobody asked for', async () => {
    const { taskToken, workflowId } = await activityTask();
    const failed = await raw.refusal('RespondActivityTaskFailed', { ...DEFAULT, taskToken, failure: { message: 'x' } });
    assertRefusal(failed, invalid('Failure must have ApplicationFailureInfo.'));
    assertRefusal(
      await raw.refusal('RespondActivityTaskCanceled', { ...DEFAULT, taskToken }),
      invalid('unable to mark activity as canceled without activity being request canceled first'),
    );
    await raw.call('RespondActivityTaskCompleted', { ...DEFAULT, taskToken });
    await terminate(workflowId);
  });

  const rpcs = [
    ['RespondActivityTaskCompletedById', {}],
    ['RespondActivityTaskFailedById', APPLICATION_FAILURE],
    ['RespondActivityTaskCanceledById', {}],
    ['RecordActivityTaskHeartbeatById', {}],
  ] as const;
  for (const [rpc, more] of rpcs) {
    test(rpc, async () => {
      const { workflowId } = await activityTask();
      const run = '0190a0b0-0000-7000-8000-000000000000';
      const cases: readonly BadRequest[] = [
        ['unknown namespace', { namespace: 'nowhere' }, namespaceNotFound('nowhere')],
        ['no activity id', { activityId: '' }, invalid('ActivityId is not set on request.')],
        [
          'unknown activity',
          { activityId: 'z' },
          notFound('cannot find pending activity with ActivityID z, check workflow execution history for more details'),
        ],
        ['unknown workflow', { workflowId: 'nobody' }, notFound('workflow not found for ID: nobody')],
        ['a run id that is no UUID', { runId: 'x' }, invalid('RunId is not valid UUID.')],
        [
          'unknown run',
          { runId: run },
          notFound(`workflow execution not found for workflow ID "${workflowId}" and run ID "${run}"`),
        ],
      ];
      for (const [name, change, expected] of cases) {
        const request = { ...DEFAULT, workflowId, activityId: 'a', ...more, ...change };
        assertRefusal(await raw.refusal(rpc, request), expected);
        assert.ok(name);
      }
      await terminate(workflowId);
      assertRefusal(await raw.refusal(rpc, { ...DEFAULT, workflowId, activityId: 'a', ...more }), ALREADY_COMPLETED);
    });
  }
});

describe('a client that vanishes', () => {
  test('1,000 open polls lose no task', { timeout: 300_000 }, async () => {
    const taskQueue = `vanishing-${randomUUID()}`;
    const client = fork(new URL('./poll-process.ts', import.meta.url), [server.address, taskQueue, '1000']);
    await once(client, 'message');
    const exited = once(client, 'exit');
    client.kill('SIGKILL');
    const workflowIds = Array.from({ length: 20 }, (_, index) => `${taskQueue}/${String(index)}`);
    for (const workflowId of workflowIds) {
      await raw.call('StartWorkflowExecution', {
        ...DEFAULT,
        workflowId,
        workflowType: { name: 'any' },
        taskQueue: { name: taskQueue },
        workflowTaskTimeout: ONE_SECOND,
      });
    }
    await exited;
    const complete = command('COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION', {
      completeWorkflowExecutionCommandAttributes: {},
    });
    const done = new Set<string>();
    while (done.size < workflowIds.length) {
      const task = await raw.call('PollWorkflowTaskQueue', { ...DEFAULT, taskQueue: { name: taskQueue } });
      const { taskToken, workflowExecution } = task as {
        taskToken: Buffer;
        workflowExecution?: { workflowId: string };
      };
      await raw.call('RespondWorkflowTaskCompleted', { ...DEFAULT, taskToken, commands: [complete] });
      done.add(workflowExecution?.workflowId ?? '');
    }
    assert.deepEqual([...done].sort(), workflowIds.sort());
  });
});
