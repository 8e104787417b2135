import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import sdk from '@temporalio/worker/package.json' with { type: 'json' };
import type { DataConverter } from '@temporalio/common';
import * as activities from './activities.ts';

/** The queue that the seeded worker polls. */
export const taskQueue = 'orders';

/** Runs until `stop`, which lets go of activities that would run on. */
export interface SeedWorker {
  stop(): Promise<void>;
}

export interface SeedWorkerOptions {
  readonly address: string;
  /** Default: `default`. */
  readonly namespace?: string;
  readonly apiKey?: string;
  readonly tls?: boolean;
  readonly dataConverter?: DataConverter | undefined;
}

/** A worker of the official SDK with the seeded workflows and activities. */
export async function startSeedWorker(options: SeedWorkerOptions): Promise<SeedWorker> {
  const { namespace = 'default', dataConverter, ...target } = options;
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
    shutdownSignals: [],
  });
  const connection = await NativeConnection.connect(target);
  const workflowBundle = await workflowCode();
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle,
    activities,
    identity: 'seed@example',
    ...(dataConverter && { dataConverter }),
  });
  const running = worker.run();
  return {
    async stop() {
      worker.shutdown();
      await running;
      await connection.close();
      await Runtime.instance().shutdown();
    },
  };
}

const workflowsPath = fileURLToPath(new URL('./workflows.ts', import.meta.url));
const cacheFolder = fileURLToPath(new URL('../../../../node_modules/.cache/perdure-e2e', import.meta.url));

/** The code of the workflows as one file; made once for all test files, since it takes seconds. */
async function workflowCode(): Promise<{ readonly code: string }> {
  const hash = createHash('sha256').update(readFileSync(workflowsPath)).update(sdk.version).digest('hex');
  const file = join(cacheFolder, `${hash}.js`);
  if (existsSync(file)) return { code: readFileSync(file, 'utf8') };
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  mkdirSync(cacheFolder, { recursive: true });
  // Whoever reads meanwhile sees no half of it.
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, code);
  renameSync(draft, file);
  return { code };
}
