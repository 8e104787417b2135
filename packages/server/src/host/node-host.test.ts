import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mock, test, type TestContext } from 'node:test';
import { createNodeHost } from './node-host.ts';

const DAY_MS = 86_400_000;

/** A host whose wall clock runs with the mocked timers, until it is made to jump. */
function start(context: TestContext): {
  host: ReturnType<typeof createNodeHost>;
  pass(ms: number): void;
  jump(ms: number): void;
} {
  mock.timers.enable({ apis: ['setTimeout'] });
  context.after(() => mock.timers.reset());
  let nowMs = 1_700_000_000_000;
  const pass = (ms: number): void => {
    // In steps no longer than a sleep: the mocked timers fire at the end of a step, whatever the clock says there.
    for (let left = ms; left > 0; left -= 10_000) {
      const step = Math.min(left, 10_000);
      nowMs += step;
      mock.timers.tick(step);
    }
  };
  return { host: createNodeHost(() => nowMs), pass, jump: (ms) => (nowMs += ms) };
}

test('a timer fires once, at its instant and not before', (context) => {
  const { host, pass } = start(context);
  let fired = 0;
  host.setTimer(host.now() + 25_000, () => (fired += 1));
  pass(24_999);
  assert.equal(fired, 0);
  pass(1);
  assert.equal(fired, 1);
  pass(100_000);
  assert.equal(fired, 1);
});

test('a timer further away than setTimeout can count does not fire at once', (context) => {
  const { host, pass } = start(context);
  let fired = 0;
  host.setTimer(host.now() + 30 * DAY_MS, () => (fired += 1));
  pass(30 * DAY_MS - 1);
  assert.equal(fired, 0);
  pass(1);
  assert.equal(fired, 1);
});

test('a timer in the past fires, but never within the call', (context) => {
  const { host, pass } = start(context);
  let fired = 0;
  host.setTimer(host.now() - 5, () => (fired += 1));
  assert.equal(fired, 0);
  pass(1);
  assert.equal(fired, 1);
});

test('a clock that jumps ahead is noticed within ten seconds', (context) => {
  const { host, pass, jump } = start(context);
  let fired = 0;
  host.setTimer(host.now() + DAY_MS, () => (fired += 1));
  jump(DAY_MS);
  pass(10_000);
  assert.equal(fired, 1);
});

test('a clock that jumps back makes the timer wait for its instant', (context) => {
  const { host, pass, jump } = start(context);
  let fired = 0;
  host.setTimer(host.now() + 5_000, () => (fired += 1));
  jump(-60_000);
  pass(64_999);
  assert.equal(fired, 0);
  pass(1);
  assert.equal(fired, 1);
});

test('a cancelled timer does not fire, not even after it slept again', (context) => {
  const { host, pass } = start(context);
  const timer = host.setTimer(host.now() + 25_000, () => assert.fail('fired'));
  pass(15_000);
  timer.cancel();
  pass(60_000);
});

test('what is deferred runs after the caller', async () => {
  const host = createNodeHost();
  const order: string[] = [];
  await new Promise<void>((resolve) => {
    host.defer(() => {
      order.push('deferred');
      resolve();
    });
    order.push('caller');
  });
  assert.deepEqual(order, ['caller', 'deferred']);
});

test('random bytes and ids differ', () => {
  const host = createNodeHost();
  assert.equal(host.randomBytes(32).length, 32);
  assert.notDeepEqual(host.randomBytes(32), host.randomBytes(32));
  assert.match(host.uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('what is posted goes where it is addressed to, and not on from there', async (context) => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  context.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/here`;
  const request = { url, headers: new Map(), body: new Uint8Array(1), timeoutMs: 5_000 };
  assert.equal((await createNodeHost().post(request)).status, 307);
  assert.deepEqual(asked, ['/here']);
});
