/**
 * A worker of the official SDK with its defaults.
 * usage: node worker-process.ts ADDRESS   (sends 'ready' to its parent when it is about to poll)
 */
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import * as activities from './activities.ts';
import { TASK_QUEUE } from './wire.ts';

Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'ERROR' } } });
const connection = await NativeConnection.connect({ address: process.argv[2] ?? '' });
const workflowsPath = fileURLToPath(new URL('./workflows.ts', import.meta.url));
const worker = await Worker.create({ connection, taskQueue: TASK_QUEUE, workflowsPath, activities });
process.send?.('ready');
await worker.run();
await connection.close();
