import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStore, RunKind, type Store } from '@perdure/storage';
import { TestHost } from '../testing/test-host.ts';
import { Wakeups } from './wakeups.ts';

test('a run that leaves memory while wake-ups are read, and is not among them yet, is called in time', async () => {
  const host = new TestHost();
  const store = new MemoryStore();
  const wakeup = Promise.withResolvers<Awaited<ReturnType<Store['scanWakeups']>>>();
  store.scanWakeups = () => wakeup.promise;
  const called: number[] = [];
  const wakeups = new Wakeups({ host, store, onStoreError: assert.fail }, 0, (run) => called.push(run));
  const started = wakeups.start();
  const identity = { kind: RunKind.Workflow, namespaceId: 'n', id: 'w', runId: 'r' };
  wakeups.set(7, identity, host.now() + 5_000);
  wakeups.release(7, identity, host.now() + 5_000);
  wakeup.resolve([]);
  await started;
  await host.advance(5_000);
  assert.deepEqual(called, [7]);
  wakeups.stop();
});
