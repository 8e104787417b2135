import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
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
}

/** A worker of the official SDK with the seeded workflows and activities. */
export async function startSeedWorker({ address, namespace = 'default' }: SeedWorkerOptions): Promise<SeedWorker> {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
    shutdownSignals: [],
  });
  const connection = await NativeConnection.connect({ address });
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle,
    activities,
    identity: 'seed@example',
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
