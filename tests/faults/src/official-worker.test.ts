import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { historyViolations } from './check/history-rules.ts';
import { approve, type order } from './official/workflows.ts';
import { Site } from './site.ts';

const PROGRAM = fileURLToPath(new URL('official/worker-process.ts', import.meta.url));
const WORKFLOWS = fileURLToPath(new URL('official/workflows.ts', import.meta.url));
const TASK_QUEUE = 'orders';

const ROUNDS = Number(process.env['PERDURE_FAULT_ROUNDS'] ?? 3);
/** From the last fault to the last result. */
const PATIENCE_MS = 90_000;

/** Bundles the workflows and gives what a worker process is started with. */
async function workerArguments(site: Site): Promise<string[]> {
  const { code } = await bundleWorkflowCode({ workflowsPath: WORKFLOWS, logger: new DefaultLogger('ERROR') });
  const bundle = join(site.folder, 'workflows.js');
  writeFileSync(bundle, code);
  return [PROGRAM, site.address, TASK_QUEUE, bundle, join(site.folder, 'ledger')];
}

async function killWorker(worker: ChildProcess): Promise<void> {
  const ended = once(worker, 'exit');
  assert.ok(worker.kill('SIGKILL'), 'the worker has ended by itself');
  await ended;
}

/** Starts and approves orders until told to end. Returns those whose start and approval were acknowledged. */
async function placeOrders(client: Client, ends: AbortSignal): Promise<WorkflowHandle<typeof order>[]> {
  const handles: WorkflowHandle<typeof order>[] = [];
  for (let number = 0; !ends.aborted; number += 1) {
    const workflowId = `order-${number}`;
    const options = { taskQueue: TASK_QUEUE, workflowId, args: [workflowId] as [string], workflowTaskTimeout: 1_500 };
    const handle = await client.workflow.start<typeof order>('order', options);
    await handle.signal(approve, `the owner of ${workflowId}`);
    handles.push(handle);
    await delay(60);
  }
  return handles;
}

test('programs of the official SDK come to their right end while server and worker are killed', async (context) => {
  await using site = await Site.open(context);
  const random = site.random.fork('kills');
  const programArguments = await workerArguments(site);
  const launchWorker = (): ChildProcess => spawn(process.execPath, programArguments, { stdio: ['ignore', 2, 2] });
  let server = await site.serve();
  let worker = launchWorker();
  const connection = await Connection.connect({ address: site.address });
  const client = new Client({ connection });
  const ends = new AbortController();
  try {
    const orders = placeOrders(client, ends.signal);
    for (let round = 0; round < ROUNDS; round += 1) {
      await Promise.race([delay(random.between(400, 1_500)), orders]);
      const victims = random.pick(['server', 'worker', 'both']);
      await Promise.all([
        victims === 'worker' ? undefined : server.kill(),
        victims === 'server' ? undefined : killWorker(worker),
      ]);
      if (victims !== 'worker') server = await site.serve();
      if (victims !== 'server') worker = launchWorker();
    }
    ends.abort();
    const handles = await orders;
    context.diagnostic(`${handles.length} orders`);
    await connection.withDeadline(Date.now() + PATIENCE_MS, () => Promise.all(handles.map(assertOrder)));
    assertLedger(readFileSync(join(site.folder, 'ledger'), 'utf8'), handles);
  } finally {
    ends.abort();
    await killWorker(worker);
    await connection.close();
  }
});

/** An order ends with the result of each of its steps, in a history without a fault. */
async function assertOrder(handle: WorkflowHandle<typeof order>): Promise<void> {
  const id = handle.workflowId;
  const parcels = [0, 1, 2].map((parcel) => `shipped ${id} ${parcel}`);
  assert.deepEqual(await handle.result(), [`reserved ${id}`, `the owner of ${id}`, `charged ${id}`, ...parcels]);
  const { events } = await handle.fetchHistory();
  assert.deepEqual(historyViolations(events ?? []), []);
}

/** What a history says was done was done. */
function assertLedger(ledger: string, handles: readonly WorkflowHandle[]): void {
  const lines = new Set(ledger.split('\n'));
  for (const { workflowId } of handles) {
    assert.ok(lines.has(`reserved ${workflowId}`) && lines.has(`shipped ${workflowId} 2`), workflowId);
  }
}
