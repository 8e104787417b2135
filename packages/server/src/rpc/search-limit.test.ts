import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStore, StoreError, StoreFailure } from '@perdure/storage';
import { refusalOf, TestServer } from './testing.ts';

/** A store in which every search takes a second. */
class SlowStore extends MemoryStore {
  override listVisibility(
    query: Parameters<MemoryStore['listVisibility']>[0],
  ): ReturnType<MemoryStore['listVisibility']> {
    return inTime(query.limitMs, () => super.listVisibility(query));
  }

  override countVisibility(
    query: Parameters<MemoryStore['countVisibility']>[0],
  ): ReturnType<MemoryStore['countVisibility']> {
    return inTime(query.limitMs, () => super.countVisibility(query));
  }
}

async function inTime<T>(limitMs: number | undefined, search: () => Promise<T>): Promise<T> {
  if (limitMs !== undefined && limitMs < 1_000) throw new StoreError(StoreFailure.TooCostly, 'narrow it');
  return search();
}

test('a search that takes longer than it may is refused, and not as something to try again', async () => {
  const limit = { value: '500ms', constraints: { namespace: 'default' } };
  const config = { 'system.visibilityQueryTimeout': [{ value: '2s' }, limit] };
  const server = await TestServer.start({ store: new SlowStore(), config });
  await server.ok('RegisterNamespace', {
    namespace: 'patient',
    workflowExecutionRetentionPeriod: { seconds: 86_400 },
  });
  for (const name of [
    'ListWorkflowExecutions',
    'CountWorkflowExecutions',
    'ListSchedules',
    'CountSchedules',
  ] as const) {
    assert.deepEqual(refusalOf(await server.call(name, {})), { status: 4, message: 'narrow it' }, name);
    await server.ok(name, { namespace: 'patient' });
  }
});
