/**
 * `node tests/e2e/src/seed/seed.ts [--address 127.0.0.1:7233] [--namespace default] [--stay]`: workflows of every kind
 * that the UI shows, made with the official SDK. With `--stay` the worker goes on, so that what waits can be answered.
 */
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { startAll } from './starts.ts';
import { startSeedWorker } from './worker.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      address: { type: 'string', default: '127.0.0.1:7233' },
      namespace: { type: 'string', default: 'default' },
      stay: { type: 'boolean', default: false },
    },
  });
  const { address, namespace } = values;
  const connection = await Connection.connect({ address });
  const worker = await startSeedWorker({ address, namespace });
  await startAll(new Client({ connection, namespace }));
  await connection.close();
  if (!values.stay) return worker.stop();
  console.log('seeded; what waits goes on while the worker runs (Ctrl+C ends it)');
}

await main();
