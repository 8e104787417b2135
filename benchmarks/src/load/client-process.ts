/**
 * A client of the official SDK that runs workflows on its parent's word and measures how long each of them takes.
 * usage: node client-process.ts ADDRESS   (sends 'ready', then answers each Order with Durations)
 */
import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { Client, Connection } from '@temporalio/client';
import type { Durations, Order } from './order.ts';
import { TASK_QUEUE } from './wire.ts';

const connection = await Connection.connect({ address: process.argv[2] ?? '' });
const client = new Client({ connection });

async function carryOut({ workflow, activities, count, concurrency }: Order): Promise<Durations> {
  const durationsMs: number[] = [];
  let left = count;
  const runOneAfterTheOther = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const startedAtMs = performance.now();
      const options = { taskQueue: TASK_QUEUE, workflowId: randomUUID(), args: [activities] };
      await client.workflow.execute(workflow, options);
      durationsMs.push(performance.now() - startedAtMs);
    }
  };
  const startedAtMs = performance.now();
  await Promise.all(Array.from({ length: concurrency }, runOneAfterTheOther));
  return { durationsMs, elapsedMs: performance.now() - startedAtMs };
}

process.on('message', (order: Order) => {
  carryOut(order).then(
    (durations) => process.send?.(durations),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.send?.('ready');
