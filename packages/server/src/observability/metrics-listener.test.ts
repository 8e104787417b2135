import assert from 'node:assert/strict';
import { get } from 'node:http';
import { test, type TestContext } from 'node:test';
import { ListenError } from '../transport/listen-error.ts';
import { listenForMetrics, type MetricsListener } from './metrics-listener.ts';
import { createMetricsRegistry } from './metrics.ts';
import { collectProcessMetrics } from './process-metrics.ts';
import { Readiness } from './readiness.ts';

async function start(context: TestContext): Promise<MetricsListener> {
  const registry = createMetricsRegistry();
  registry.counter('calls', 'Calls.').add(3);
  collectProcessMetrics(registry, () => 1_700_000_000_000);
  const listener = await listenForMetrics({ host: '127.0.0.1', port: 0, registry, readiness: new Readiness() });
  context.after(() => listener.close());
  return listener;
}

function request(
  port: number,
  path: string,
  options: { method?: string; host?: string } = {},
): Promise<{ status: number; type: string; body: string }> {
  const headers = options.host === undefined ? {} : { host: options.host };
  return new Promise((resolve, reject) => {
    const sent = get(
      { host: '127.0.0.1', port, path, method: options.method ?? 'GET', headers, agent: false },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (body += chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', body }),
        );
      },
    );
    sent.on('error', reject);
  });
}

test('/metrics has what was counted and what the process uses', async (context) => {
  const { port } = await start(context);
  await request(port, '/metrics');
  const { status, type, body } = await request(port, '/metrics?x=1');
  assert.equal(status, 200);
  assert.equal(type, 'text/plain; version=0.0.4; charset=utf-8');
  assert.match(body, /^calls 3$/m);
  assert.match(body, /^process_cpu_seconds_total \d/m);
  assert.match(body, /^process_resident_memory_bytes \d{7,}$/m);
  assert.match(body, /^process_start_time_seconds 1699999\d{3}$|^process_start_time_seconds 1700000000$/m);
  assert.match(body, /^nodejs_eventloop_lag_seconds\{quantile="0.99"\} \d/m);
});

test('other paths, methods and hosts are refused', async (context) => {
  const { port } = await start(context);
  const status = async (...args: [path: string, options?: { method?: string; host?: string }]): Promise<number> =>
    (await request(port, ...args)).status;
  assert.equal(await status('/'), 404);
  assert.equal(await status('/metrics', { method: 'POST' }), 405);
  assert.equal(await status('/metrics', { method: 'HEAD' }), 200);
  assert.equal(await status('/metrics', { host: 'evil.example' }), 403);
  assert.equal(await status('/metrics', { host: `127.0.0.1.evil.example:${port}` }), 403);
  assert.equal(await status('/metrics', { host: `localhost:${port}` }), 200);
  assert.equal(await status('/metrics', { host: `[::1]:${port}` }), 200);
});

test('a port that is taken is told', async (context) => {
  const { port } = await start(context);
  const registry = createMetricsRegistry();
  await assert.rejects(
    listenForMetrics({ host: '127.0.0.1', port, registry, readiness: new Readiness() }),
    (error: unknown) => {
      assert.ok(error instanceof ListenError);
      assert.equal(error.code, 'EADDRINUSE');
      return true;
    },
  );
});
