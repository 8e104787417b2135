import process from 'node:process';
import type { Durations, Order } from './order.ts';

/** Starts a workflow and waits for its result. */
export type Execute = (workflow: Order['workflow'], activities: number) => Promise<unknown>;

/** What every client process does: says that it is ready, then answers each Order with Durations. */
export function carryOutOrders(execute: Execute): void {
  process.on('message', (order: Order) => {
    carryOut(order, execute).then(
      (durations) => process.send?.(durations),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.send?.('ready');
}

async function carryOut({ workflow, activities, count, concurrency }: Order, execute: Execute): Promise<Durations> {
  const durationsMs: number[] = [];
  let left = count;
  const runOneAfterTheOther = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const startedAtMs = performance.now();
      await execute(workflow, activities);
      durationsMs.push(performance.now() - startedAtMs);
    }
  };
  const startedAtMs = performance.now();
  await Promise.all(Array.from({ length: concurrency }, runOneAfterTheOther));
  return { durationsMs, elapsedMs: performance.now() - startedAtMs };
}
