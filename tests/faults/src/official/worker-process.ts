/**
 * A worker of the official SDK in a process of its own, to be killed.
 * usage: node worker-process.ts ADDRESS TASK_QUEUE BUNDLE_FILE LEDGER_FILE
 */
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from './activities.ts';

const [, , address, taskQueue, codePath, ledger] = process.argv;
if (address === undefined || taskQueue === undefined || codePath === undefined || ledger === undefined) {
  throw new Error('four arguments needed');
}

// What it says of a server that is gone is of no interest here.
Runtime.install({
  logger: new DefaultLogger('ERROR', () => undefined),
  telemetryOptions: { logging: { filter: 'OFF' } },
});

const worker = await Worker.create({
  connection: await connect(address),
  taskQueue,
  workflowBundle: { codePath },
  activities: createActivities(ledger),
  stickyQueueScheduleToStartTimeout: '1s',
});
await worker.run();

async function connect(server: string): Promise<NativeConnection> {
  for (;;) {
    try {
      return await NativeConnection.connect({ address: server });
    } catch {
      await delay(50);
    }
  }
}
