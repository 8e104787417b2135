import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandType } from '@perdure/proto/enums';
import type { RetryPolicy } from '@perdure/proto/types';
import { refusalOf, TestServer, text } from './testing.ts';

const DAY = { seconds: 86_400 };
const started = { workflowId: 'workflow', workflowType: { name: 'Type' }, taskQueue: { name: 'queue' } };

/** A server with the namespaces `default` and `careful`. */
async function withTwoNamespaces(config: Parameters<typeof TestServer.start>[0] = {}): Promise<TestServer> {
  const server = await TestServer.start(config);
  await server.ok('RegisterNamespace', { namespace: 'careful', workflowExecutionRetentionPeriod: DAY });
  return server;
}

/** How an activity is retried that says nothing of it. */
async function activityPolicy(server: TestServer, namespace: string): Promise<RetryPolicy | undefined> {
  await server.ok('StartWorkflowExecution', { namespace, ...started });
  const poll = { namespace, taskQueue: { name: 'queue' }, identity: 'worker' };
  const { taskToken } = await server.ok('PollWorkflowTaskQueue', poll);
  const attributes = { activityId: 'a', activityType: { name: 'A' }, taskQueue: { name: 'queue' } };
  const command = {
    commandType: CommandType.ScheduleActivityTask,
    scheduleActivityTaskCommandAttributes: { ...attributes, startToCloseTimeout: { seconds: 5 } },
  };
  await server.ok('RespondWorkflowTaskCompleted', { namespace, taskToken, commands: [command] });
  const { history } = await server.ok('GetWorkflowExecutionHistory', {
    namespace,
    execution: { workflowId: 'workflow' },
  });
  return history?.events?.at(-1)?.activityTaskScheduledEventAttributes?.retryPolicy;
}

test('a limit holds in the namespace for which it is set', async () => {
  const value = { InitialIntervalInSeconds: 2, MaximumIntervalCoefficient: 3, MaximumAttempts: 5 };
  const constraints = { namespace: 'careful' };
  const server = await withTwoNamespaces({
    config: {
      'history.defaultActivityRetryPolicy': [{ value, constraints }],
      'limit.blobSize.error': [{ value: 100, constraints }],
      'limit.memoSize.error': [{ value: 100, constraints }],
      'limit.maxIDLength': [{ value: 20 }],
    },
  });
  assert.deepEqual(await activityPolicy(server, 'careful'), {
    initialInterval: { seconds: 2 },
    backoffCoefficient: 2,
    maximumInterval: { seconds: 6 },
    maximumAttempts: 5,
  });
  assert.equal((await activityPolicy(server, 'default'))?.initialInterval?.seconds, 1);
  const refused = async (request: object) =>
    refusalOf(await server.call('StartWorkflowExecution', { namespace: 'careful', ...started, ...request })).message;
  const large = text('x'.repeat(200));
  assert.equal(await refused({ input: large }), 'Blob data size exceeds limit.');
  assert.equal(await refused({ memo: { fields: { note: large.payloads?.[0] } } }), 'Memo size exceeds limit.');
  const long = 'WorkflowId exceeds maximum allowed length (21/20)';
  assert.equal(await refused({ namespace: 'default', workflowId: 'x'.repeat(21) }), long);
  await server.ok('StartWorkflowExecution', { ...started, workflowId: 'other', input: large });
});

test('a failure of a workflow task that is too large is cut down, and says what it was', async () => {
  const server = await TestServer.start({
    config: { 'limit.blobSize.error': [{ value: 500 }], 'limit.blobSize.warn': [{ value: 100 }] },
  });
  await server.ok('StartWorkflowExecution', started);
  const { taskToken } = await server.ok('PollWorkflowTaskQueue', { taskQueue: { name: 'queue' }, identity: 'worker' });
  const failure = { message: 'boom', stackTrace: 'x'.repeat(600), applicationFailureInfo: { type: 'Broken' } };
  await server.ok('RespondWorkflowTaskFailed', { taskToken, failure });
  const { history } = await server.ok('GetWorkflowExecutionHistory', { execution: { workflowId: 'workflow' } });
  const recorded = history?.events?.find((event) => event.workflowTaskFailedEventAttributes !== undefined);
  const { message, source, cause, serverFailureInfo } = recorded?.workflowTaskFailedEventAttributes?.failure ?? {};
  assert.deepEqual([message, source ?? ''], ['Failure exceeds size limit.', '']);
  assert.equal(serverFailureInfo?.nonRetryable, true);
  assert.deepEqual([cause?.message, cause?.applicationFailureInfo?.type], ['boom', 'Broken']);
  assert.ok((cause?.stackTrace?.length ?? 0) < 100);
});

test('the log warns of what is large, and says where it is', async () => {
  const server = await TestServer.start({ config: { 'limit.blobSize.warn': [{ value: 500 }] } });
  const { runId } = await server.ok('StartWorkflowExecution', { ...started, input: text('x'.repeat(600)) });
  const [warning, ...others] = server.warnings;
  assert.deepEqual(others, []);
  const { size, ...where } = warning as { readonly size: number };
  assert.ok(size > 600);
  assert.deepEqual(where, {
    message: 'Blob data size exceeds the warning limit.',
    namespace: 'default',
    workflowId: 'workflow',
    runId,
  });
});
