/**
 * A worker in a process of its own, so that a test can kill it without a farewell.
 * usage: node worker-process.ts ADDRESS TASK_QUEUE BUNDLE_FILE   (sends 'ready' to its parent once it polls)
 */
import process from 'node:process';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from './activities.ts';
import { Journal } from './journal.ts';

const [, , address, taskQueue, codePath] = process.argv;
if (address === undefined || taskQueue === undefined || codePath === undefined)
  throw new Error('three arguments needed');

Runtime.install({ logger: new DefaultLogger('ERROR') });
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  identity: 'worker-process',
  workflowBundle: { codePath },
  activities: createActivities(new Journal()),
  stickyQueueScheduleToStartTimeout: '1s',
});
const finished = worker.run();
process.send?.('ready');
await finished;
