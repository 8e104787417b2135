import { Worker } from 'node:worker_threads';
import type { SeedOrder } from './seed-worker.ts';
import type { Result } from './simulate.ts';

/** Runs orders on so many threads and tells of each result as it comes. */
export async function runSeeds(
  orders: readonly SeedOrder[],
  jobs: number,
  onResult: (result: Result) => void,
): Promise<void> {
  const waiting = orders[Symbol.iterator]();
  const threads = Array.from({ length: Math.min(jobs, orders.length) }, () => runThread(waiting, onResult));
  await Promise.all(threads);
}

function runThread(waiting: Iterator<SeedOrder>, onResult: (result: Result) => void): Promise<void> {
  const thread = new Worker(new URL('./seed-worker.ts', import.meta.url));
  return new Promise((resolve, reject) => {
    const next = (): void => {
      const order = waiting.next();
      if (order.done !== true) thread.postMessage(order.value);
      else thread.terminate().then(() => resolve(), reject);
    };
    thread.on('message', (result: Result) => {
      onResult(result);
      next();
    });
    thread.on('error', reject);
    next();
  });
}
