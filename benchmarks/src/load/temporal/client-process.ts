/**
 * A client of the official TypeScript SDK.
 * usage: node client-process.ts ADDRESS   (see carry-out.ts)
 */
import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { Client, Connection } from '@temporalio/client';
import { carryOutOrders } from '../carry-out.ts';
import { TASK_QUEUE } from './wire.ts';

const connection = await Connection.connect({ address: process.argv[2] ?? '' });
const client = new Client({ connection });

carryOutOrders((workflow, activities) =>
  client.workflow.execute(workflow, { taskQueue: TASK_QUEUE, workflowId: randomUUID(), args: [activities] }),
);
