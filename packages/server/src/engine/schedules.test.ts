import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRejection } from '@perdure/core';
import { ScheduleOverlapPolicy } from '@perdure/proto/enums';
import { MemoryStore } from '@perdure/storage';
import { failing } from '../testing/failing-store.ts';
import { oneNamespace } from '../testing/one-namespace.ts';
import { TestHost } from '../testing/test-host.ts';
import { Engine } from './engine.ts';

const namespace = { id: '11111111-1111-7111-8111-111111111111', name: 'default' };
const SECOND_MS = 1_000;
const TICKS = 5;

/** Lets a schedule of one action each second act for a while; what it started, by nominal time. */
async function play(nth: number, written: boolean, perSecond?: number) {
  const memory = new MemoryStore();
  const { store, commits } = failing(memory, nth, written);
  const host = new TestHost();
  const engine = new Engine({
    host,
    store,
    namespaces: oneNamespace(namespace, 86_400_000),
    owner: 'test',
    shardCount: 2,
    workflowsInMemoryMax: 1,
    scheduledStartsPerSecond: () => perSecond ?? 30,
    onError: () => undefined,
    onFatal: (error) => assert.fail(error),
  });
  await engine.start();
  const key = { namespaceId: namespace.id, scheduleId: 'each-second' };
  const schedule = {
    spec: { interval: [{ interval: { seconds: 1 } }], structuredCalendar: [], excludeStructuredCalendar: [] },
    action: { startWorkflow: { workflowId: 'w', workflowType: { name: 'W' }, taskQueue: { name: 'q' } } },
    policies: { overlapPolicy: ScheduleOverlapPolicy.AllowAll },
    state: { limitedActions: true, remainingActions: TICKS },
  };
  const create = async (): Promise<void> => {
    const input = { kind: 'createSchedule', request: { requestId: 'create', schedule } } as const;
    const settled = engine.submit(key, input);
    await host.settle();
    // As a client does that got no answer.
    if (isRejection(await settled)) {
      await host.advance(SECOND_MS);
      await create();
    }
  };
  await create();
  for (let second = 0; second < 3 * TICKS; second++) await host.advance(SECOND_MS);
  const rows = await memory.listVisibility({
    namespaceId: namespace.id,
    query: { kind: 'oneOf', attribute: { origin: 'system', name: 'WorkflowType', type: 'Keyword' }, values: ['W'] },
    pageSize: 100,
    after: undefined,
  });
  const described = engine.read(key, '', (loaded) => loaded?.run.actionCount);
  await host.settle();
  const actionCount = await described;
  await engine.stop();
  const startsMs = rows.map((row) => row.startTimeMs).sort((one, other) => one - other);
  return { workflowIds: rows.map((row) => row.workflowId), startsMs, commits: commits(), actionCount };
}

test('whichever commit fails, each time of a schedule has exactly one action', async () => {
  const { commits } = await play(0, false);
  assert.ok(commits > TICKS);
  for (let nth = 1; nth <= commits; nth++) {
    for (const written of [false, true]) {
      const { workflowIds, actionCount } = await play(nth, written);
      const name = `commit ${nth}${written ? ', written' : ''}`;
      assert.equal(new Set(workflowIds).size, TICKS, name);
      assert.equal(workflowIds.length, TICKS, name);
      assert.equal(actionCount, TICKS, name);
    }
  }
});

test('the starts of schedules wait for their turn, and all come in the end', async () => {
  const { startsMs, actionCount } = await play(0, false, 0.4);
  assert.equal(actionCount, TICKS);
  const apartMs = startsMs.slice(1).map((atMs, index) => atMs - (startsMs[index] ?? 0));
  assert.deepEqual(apartMs, [2_500, 2_500, 2_500, 2_500]);
});

test('a restart while starts wait costs none, whichever commit fails', async () => {
  const { commits } = await play(0, false, 0.5);
  for (let nth = 1; nth <= commits; nth++) {
    const { workflowIds } = await play(nth, true, 0.5);
    assert.equal(new Set(workflowIds).size, TICKS, `commit ${nth}`);
    assert.equal(workflowIds.length, TICKS, `commit ${nth}`);
  }
});
