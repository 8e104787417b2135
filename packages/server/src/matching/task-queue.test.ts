import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QueueKind } from '@perdure/storage';
import { TestHost } from '../testing/test-host.ts';
import { Backlog } from './backlog.ts';
import { TaskQueue } from './task-queue.ts';

const PLACE = { priority: 3, fairnessKey: '', fairnessWeight: 1 };

test('workers that have long been gone do not count among those that are told to poll more', async () => {
  const host = new TestHost();
  const key = { namespaceId: 'n', name: 'queue', kind: QueueKind.Activity };
  const makeBacklog = () =>
    new Backlog(
      0,
      () => Promise.resolve([]),
      () => undefined,
    );
  const queue = new TaskQueue(key, host, makeBacklog);
  for (let index = 0; index < 10; index += 1) queue.notePoll(`gone ${index}`, undefined, host.now());
  const createdAtMs = host.now();
  const nowMs = createdAtMs + 6 * 60_000;
  queue.enqueue({ shard: 0, run: 1, scheduledEventId: 5, stamp: 1, createdAtMs, backlogId: 0, ...PLACE });
  await host.advance(nowMs - createdAtMs);
  queue.notePoll('here', undefined, nowMs);
  const rules = { idleMs: 1_000, backlogAgeMs: 200, decisionsPerSecond: 1 };
  const decisions = Array.from({ length: 5 }, () => queue.scalingDecision(nowMs, rules));
  assert.deepEqual(decisions, [1, undefined, undefined, undefined, undefined]);
});
