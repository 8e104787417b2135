import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRejection } from '@perdure/core';
import {
  HistoryEventFilterType,
  EventType,
  WorkflowExecutionStatus,
  WorkflowIdReusePolicy,
} from '@perdure/proto/enums';
import { SYSTEM_NAMESPACE } from '../namespaces/system-namespace.ts';
import { refusalOf, TestServer } from './testing.ts';

const HOUR_MS = 3_600_000;
const FAREWELL_MS = 1_000;

async function start(server: TestServer, workflowId: string, fields: object = {}): Promise<string> {
  const request = { workflowId, workflowType: { name: 'T' }, taskQueue: { name: 'q' }, ...fields };
  return (await server.ok('StartWorkflowExecution', request)).runId ?? '';
}

/** A closed run. */
async function run(server: TestServer, workflowId: string, fields: object = {}): Promise<string> {
  const runId = await start(server, workflowId, fields);
  await server.ok('TerminateWorkflowExecution', { workflowExecution: { workflowId } });
  return runId;
}

async function count(server: TestServer): Promise<number> {
  return (await server.ok('CountWorkflowExecutions', {})).count ?? 0;
}

async function refusalOfDescribe(server: TestServer, workflowId: string, runId = ''): Promise<string> {
  return refusalOf(await server.call('DescribeWorkflowExecution', { execution: { workflowId, runId } })).message;
}

test('a deleted run is gone with its history and its visibility', async () => {
  const server = await TestServer.start();
  const runId = await run(server, 'w');
  await run(server, 'other');
  await server.ok('DeleteWorkflowExecution', { workflowExecution: { workflowId: 'w' } });
  await server.host.advance(1);
  assert.equal(await refusalOfDescribe(server, 'w'), 'workflow not found for ID: w');
  const named = `workflow execution not found for workflow ID "w" and run ID "${runId}"`;
  assert.equal(await refusalOfDescribe(server, 'w', runId), named);
  const history = await server.call('GetWorkflowExecutionHistory', { execution: { workflowId: 'w', runId } });
  assert.equal(refusalOf(history).message, named);
  assert.equal(await count(server), 1);
  const again = await server.call('DeleteWorkflowExecution', { workflowExecution: { workflowId: 'w' } });
  assert.equal(refusalOf(again).message, 'workflow not found for ID: w');
});

test('an open run is ended first, and who waits for its end hears of it', async () => {
  const server = await TestServer.start();
  const runId = await start(server, 'w');
  const waiting = server.begin('GetWorkflowExecutionHistory', {
    execution: { workflowId: 'w', runId },
    waitNewEvent: true,
    historyEventFilterType: HistoryEventFilterType.CloseEvent,
  });
  await server.ok('DeleteWorkflowExecution', { workflowExecution: { workflowId: 'w' } });
  const reply = await waiting;
  const [event] = (!isRejection(reply) && reply.history?.events) || [];
  assert.equal(event?.eventType, EventType.WorkflowExecutionTerminated);
  const described = await server.ok('DescribeWorkflowExecution', { execution: { workflowId: 'w' } });
  assert.equal(described.workflowExecutionInfo?.status, WorkflowExecutionStatus.Terminated);
  await server.host.advance(FAREWELL_MS);
  assert.equal(await refusalOfDescribe(server, 'w'), 'workflow not found for ID: w');
  assert.equal(await count(server), 0);
});

test('after the deletion of its newest run an id begins anew, though older runs are still there', async () => {
  const server = await TestServer.start();
  const older = await run(server, 'w', { requestId: 'first' });
  const newest = await run(server, 'w', { requestId: 'second' });
  await server.ok('DeleteWorkflowExecution', { workflowExecution: { workflowId: 'w' } });
  await server.host.advance(1);
  await server.ok('DescribeWorkflowExecution', { execution: { workflowId: 'w', runId: older } });
  assert.equal(await refusalOfDescribe(server, 'w'), 'workflow not found for ID: w');
  const again = await start(server, 'w', {
    requestId: 'second',
    workflowIdReusePolicy: WorkflowIdReusePolicy.RejectDuplicate,
  });
  assert.notEqual(again, newest);
  const described = await server.ok('DescribeWorkflowExecution', { execution: { workflowId: 'w' } });
  assert.equal(described.workflowExecutionInfo?.execution?.runId, again);
});

test('an older run goes without the newest', async () => {
  const server = await TestServer.start();
  const older = await run(server, 'w');
  const newest = await start(server, 'w');
  await server.ok('DeleteWorkflowExecution', { workflowExecution: { workflowId: 'w', runId: older } });
  await server.host.advance(1);
  assert.match(await refusalOfDescribe(server, 'w', older), /not found/);
  const described = await server.ok('DescribeWorkflowExecution', { execution: { workflowId: 'w' } });
  assert.equal(described.workflowExecutionInfo?.execution?.runId, newest);
  assert.equal(described.workflowExecutionInfo?.status, WorkflowExecutionStatus.Running);
});

test('closed runs are removed after the retention of their namespace, open ones never', async () => {
  const server = await TestServer.start();
  for (let index = 0; index < 250; index++) await run(server, `closed-${index}`);
  await start(server, 'open');
  await server.host.advance(23 * HOUR_MS);
  assert.equal(await count(server), 251);
  await server.host.advance(HOUR_MS + 1_000);
  assert.equal(await count(server), 1);
  await server.ok('DescribeWorkflowExecution', { execution: { workflowId: 'open' } });
  assert.deepEqual(server.errors, []);
});

test('a retention that changes holds for runs that close after it', async () => {
  const server = await TestServer.start();
  await run(server, 'before');
  const retention = { workflowExecutionRetentionTtl: { seconds: 3_600 } };
  await server.ok('UpdateNamespace', { namespace: 'default', config: retention });
  await run(server, 'after');
  await server.host.advance(HOUR_MS + 1);
  assert.match(await refusalOfDescribe(server, 'after'), /not found/);
  await server.ok('DescribeWorkflowExecution', { execution: { workflowId: 'before' } });
});

test('what was due while no server ran is removed by the next one', async () => {
  const server = await TestServer.start();
  await run(server, 'w');
  await server.ok('DeleteWorkflowExecution', { workflowExecution: { workflowId: 'w' } });
  const next = await TestServer.start({ store: server.store });
  await next.host.advance(1);
  assert.equal(await refusalOfDescribe(next, 'w'), 'workflow not found for ID: w');
});

test('what names nothing cannot be deleted', async () => {
  const server = await TestServer.start();
  const refusals = [
    [{}, 'Execution is not set on request.'],
    [{ workflowExecution: { workflowId: 'w' } }, 'workflow not found for ID: w'],
    [{ workflowExecution: { workflowId: 'w', runId: 'x' } }, 'Invalid RunId.'],
  ] as const;
  for (const [request, message] of refusals) {
    assert.equal(refusalOf(await server.call('DeleteWorkflowExecution', request)).message, message);
  }
});

test('a deleted namespace is emptied in the background and then forgotten, across restarts', async () => {
  const server = await TestServer.start();
  const retention = { workflowExecutionRetentionPeriod: { seconds: 86_400 } };
  await server.ok('RegisterNamespace', { namespace: 'mine', ...retention });
  const { namespaceInfo } = await server.ok('DescribeNamespace', { namespace: 'mine' });
  const id = namespaceInfo?.id ?? '';
  for (let index = 0; index < 300; index++) await start(server, `w-${index}`, { namespace: 'mine' });
  await run(server, 'elsewhere');
  await server.operate('DeleteNamespace', { namespace: 'mine' });
  await server.host.advance(500);
  const next = await TestServer.start({ store: server.store });
  const left = await countIn(next, id);
  assert.ok(left > 0, `${left} runs are left for the next process`);
  await next.host.advance(20_000);
  assert.equal(await countIn(next, id), 0);
  const described = await next.call('DescribeNamespace', { namespace: '', id });
  assert.equal(refusalOf(described).message, `Namespace ${id} is not found.`);
  assert.equal(await count(next), 1);
  const last = await TestServer.start({ store: server.store });
  assert.equal(last.namespaces.byId(id), undefined);
  assert.deepEqual(last.namespaces.reclaims(), []);
  assert.deepEqual([...server.errors, ...next.errors], []);
});

test('a schedule that was made anew does not keep its deleted namespace', async () => {
  const server = await TestServer.start();
  const retention = { workflowExecutionRetentionPeriod: { seconds: 86_400 } };
  await server.ok('RegisterNamespace', { namespace: 'mine', ...retention });
  const id = (await server.ok('DescribeNamespace', { namespace: 'mine' })).namespaceInfo?.id ?? '';
  const action = { startWorkflow: { workflowId: 'w', workflowType: { name: 'T' }, taskQueue: { name: 'q' } } };
  const target = { namespace: 'mine', scheduleId: 's' };
  await server.ok('CreateSchedule', { ...target, requestId: '1', schedule: { action } });
  await server.ok('DeleteSchedule', target);
  await server.ok('CreateSchedule', { ...target, requestId: '2', schedule: { action } });
  await server.operate('DeleteNamespace', { namespace: 'mine' });
  await server.host.advance(20_000);
  assert.equal(server.namespaces.byId(id), undefined);
});

test('the name of an emptied namespace is kept for the delay that was asked for', async () => {
  const server = await TestServer.start();
  const retention = { workflowExecutionRetentionPeriod: { seconds: 86_400 } };
  await server.ok('RegisterNamespace', { namespace: 'mine', ...retention });
  const reply = await server.operate('DeleteNamespace', { namespace: 'mine', namespaceDeleteDelay: { seconds: 60 } });
  const name = isRejection(reply) ? '' : (reply.deletedNamespace ?? '');
  await server.host.advance(59_000);
  await server.ok('DescribeNamespace', { namespace: name });
  await server.host.advance(2_000);
  assert.match(refusalOf(await server.call('DescribeNamespace', { namespace: name })).message, /is not found/);
});

async function countIn(server: TestServer, namespaceId: string): Promise<number> {
  const query = { kind: 'all', queries: [] } as const;
  const groups = await server.store.countVisibility({ namespaceId, query, groupBy: undefined });
  return groups[0]?.count ?? 0;
}

test('the namespace of the system is not deleted', async () => {
  const server = await TestServer.start();
  for (const asked of [{ namespace: 'temporal-system' }, { namespace: '', namespaceId: SYSTEM_NAMESPACE.id }]) {
    const refused = refusalOf(await server.operate('DeleteNamespace', asked));
    assert.deepEqual(refused, { status: 9, message: 'unable to delete system namespace' });
  }
});

test('a namespace that is protected is not deleted', async () => {
  const server = await TestServer.start({ config: { 'worker.protectedNamespaces': [{ value: ['default'] }] } });
  const refused = refusalOf(await server.operate('DeleteNamespace', { namespace: 'default' }));
  assert.deepEqual(refused, { status: 9, message: 'namespace default is protected from deletion' });
});

test('no other cluster is joined', async () => {
  const server = await TestServer.start();
  const refused = refusalOf(await server.operate('AddOrUpdateRemoteCluster', { frontendAddress: 'other:7233' }));
  assert.equal(refused.status, 14);
  assert.match(refused.message, /^Unable connect to remote cluster other:7233 with error: /);
});
