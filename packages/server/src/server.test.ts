import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { MemoryStore } from '@perdure/storage';
import { defaultDynamicConfig } from './config/dynamic-config.ts';
import { silentLogger } from './observability/logger.ts';
import { createMetricsRegistry } from './observability/metrics.ts';
import { TestServer } from './rpc/testing.ts';
import { startServer } from './server.ts';
import { TestHost } from './testing/test-host.ts';

/** A host that knows what is still to come. */
class CountingHost extends TestHost {
  readonly waiting = new Set<object>();

  override setTimer(atMs: number, callback: () => void): { cancel(): void } {
    const mark = {};
    this.waiting.add(mark);
    const timer = super.setTimer(atMs, () => {
      this.waiting.delete(mark);
      callback();
    });
    return {
      cancel: () => {
        this.waiting.delete(mark);
        timer.cancel();
      },
    };
  }
}

test('a server whose port is taken leaves nothing behind that goes on', async (context) => {
  const store = new MemoryStore();
  const before = await TestServer.start({ store, config: { 'worker.batcherRPS': [{ value: 0 }] } });
  const executions = [{ workflowId: 'w' }];
  await before.ok('StartBatchOperation', { jobId: 'job', reason: 'r', executions, terminationOperation: {} });

  const taken = createServer().listen(0, '127.0.0.1');
  context.after(() => taken.close());
  await once(taken, 'listening');
  const address = { host: '127.0.0.1', port: (taken.address() as AddressInfo).port };
  const host = new CountingHost();
  const started = startServer({
    store,
    host,
    logger: silentLogger,
    metrics: createMetricsRegistry(),
    config: defaultDynamicConfig,
    grpc: address,
    http: address,
    namespaces: [],
    retentionMs: 86_400_000,
    searchAttributes: new Map(),
  });
  let isOver = false;
  const rejected = assert.rejects(started, { code: 'EADDRINUSE' }).finally(() => (isOver = true));
  while (!isOver) await host.settle();
  await rejected;
  await host.advance(10_000);
  assert.equal(host.waiting.size, 0);
});
