import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRejection } from '@perdure/core';
import { WorkerStatus } from '@perdure/proto/enums';
import type { WorkerHeartbeat } from '@perdure/proto/types';
import { compileWorkerQuery } from './worker-query.ts';

const workers: readonly WorkerHeartbeat[] = [
  {
    workerInstanceKey: 'a',
    workerIdentity: '1@host',
    hostInfo: { hostName: 'alpha' },
    taskQueue: 'orders',
    deploymentVersion: { deploymentName: 'shop', buildId: '1.0' },
    status: WorkerStatus.Running,
    startTime: { seconds: 100 },
    heartbeatTime: { seconds: 200, nanos: 500_000 },
  },
  { workerInstanceKey: 'b', taskQueue: 'mails', status: WorkerStatus.ShuttingDown, startTime: { seconds: 300 } },
];

function found(query: string): string {
  const matches = compileWorkerQuery(query);
  assert.ok(!isRejection(matches), isRejection(matches) ? matches.message : '');
  return workers
    .filter(matches)
    .map(({ workerInstanceKey }) => workerInstanceKey)
    .join('');
}

test('workers are found by what they say of themselves', () => {
  const cases: readonly (readonly [query: string, keys: string])[] = [
    ['', 'ab'],
    ["TaskQueue = 'orders'", 'a'],
    ["TaskQueue != 'orders'", 'b'],
    ["WorkerInstanceKey = 'b' OR HostName = 'alpha'", 'ab'],
    ["WorkerInstanceKey = 'b' AND (HostName = 'alpha')", ''],
    ["TaskQueue starts_with 'ma'", 'b'],
    ["TaskQueue NOT STARTS_WITH 'ma'", 'a'],
    ["Status = 'Running'", 'a'],
    ["WorkerStatus = 'ShuttingDown'", 'b'],
    ["DeploymentName = 'shop' AND BuildId = '1.0'", 'a'],
    ['HostName IS NULL', 'b'],
    ['HeartbeatTime IS NOT NULL', 'a'],
    ["StartTime > '1970-01-01T00:03:20Z'", 'b'],
    ["StartTime BETWEEN '1970-01-01T00:01:40Z' AND '1970-01-01T00:02:00Z'", 'a'],
    ["StartTime NOT BETWEEN '1970-01-01T00:01:40Z' AND '1970-01-01T00:02:00Z'", 'b'],
    ["HeartbeatTime = '1970-01-01T00:03:20.0005Z'", 'a'],
    ['StartTime = 300000000000', 'b'],
  ];
  for (const [query, keys] of cases) assert.equal(found(query), keys, query);
});

test('what a query cannot mean is refused', () => {
  const cases: readonly (readonly [query: string, message: string])[] = [
    ['TaskQueue =', 'malformed query: syntax error at position 39'],
    ["Colour = 'red'", 'unknown or unsupported worker heartbeat search field: Colour'],
    ['TaskQueue = 5', 'invalid value for TaskQueue: value 5 is not a string value'],
    ["TaskQueue = ''", 'TaskQueue cannot be empty'],
    ["TaskQueue > 'a'", 'invalid expression: operation > is not supported for TaskQueue column'],
    ["TaskQueue IN ('a')", "invalid value: ('a')"],
    ["NOT TaskQueue = 'a'", "operation is not supported: 'not' expression"],
    ["TaskQueue BETWEEN 'a' AND 'b'", 'unknown or unsupported column name: TaskQueue'],
    ["'a' = 'a'", "invalid filter name: 'a'"],
    ['TaskQueue', 'incomplete expression'],
    ["TaskQueue = 'a' LIMIT 1", "operation is not supported: 'limit' clause"],
  ];
  for (const [query, message] of cases) {
    const refused = compileWorkerQuery(query);
    assert.ok(isRejection(refused), query);
    assert.equal(refused.message, message);
  }
});
