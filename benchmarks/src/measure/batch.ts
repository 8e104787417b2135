import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { NAMESPACE } from '../load/temporal/wire.ts';
import { cpuMeter, usageOf } from '../system/usage.ts';
import type { Figure, Measurement } from './figure.ts';
import { Probe, startWorkflow } from './probe.ts';

const LEAST = 2_000;
const STARTERS = 64;
const LOOK_MS = 100;

/** The job may ask for as much as it can do: by default a namespace allows it 50 executions a second. */
const SETTINGS = { 'worker.batcherRPS': 1_000_000, 'worker.batcherConcurrency': 64 };

/** Open workflows that one batch operation terminates: how fast, and what other callers notice of it. */
export function batch(full: number): Measurement {
  return {
    name: 'batch',
    async measure(subject) {
      const count = subject.count(full, LEAST);
      const { server } = await subject.start(subject.newFolder(), SETTINGS);
      try {
        await subject.prepare(server);
        const connection = await Connection.connect({ address: server.address });
        const startedMs = await startWorkflows(connection, count);
        const spent = cpuMeter([server.pid]);
        const { doneMs, meanwhileMs } = await terminateAll(connection, count);
        const cpuMs = spent();
        const bytes = usageOf(server.pid)?.residentBytes;
        await connection.close();
        const figures: Figure[] = [
          { what: 'number', unit: 'count', value: count },
          { what: 'started', unit: 'per s', value: (count * 1_000) / startedMs },
          { what: 'terminated', unit: 'per s', value: (count * 1_000) / doneMs },
          { what: 'server CPU each', unit: 'ms', value: cpuMs === undefined ? undefined : cpuMs / count },
          { what: 'start meanwhile, p50', unit: 'ms', value: meanwhileMs },
          { what: 'memory of the server', unit: 'MB', value: bytes === undefined ? undefined : bytes / 2 ** 20 },
        ];
        return figures.map((figure) => ({ ...figure, what: `batch: ${figure.what}` }));
      } finally {
        await server.stop();
      }
    },
  };
}

async function startWorkflows(connection: Connection, count: number): Promise<number> {
  const startedAtMs = performance.now();
  let left = count;
  const starter = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await startWorkflow(connection, 'Batched', `batched-${left}`);
    }
  };
  await Promise.all(Array.from({ length: STARTERS }, starter));
  return performance.now() - startedAtMs;
}

async function terminateAll(
  connection: Connection,
  count: number,
): Promise<{ readonly doneMs: number; readonly meanwhileMs: number | undefined }> {
  const { workflowService } = connection;
  const startedAtMs = performance.now();
  await workflowService.startBatchOperation({
    namespace: NAMESPACE,
    jobId: 'bench',
    reason: 'measured',
    visibilityQuery: "WorkflowType = 'Batched'",
    terminationOperation: {},
  });
  const probe = new Probe(connection);
  let isDone = false;
  while (!isDone) {
    await delay(LOOK_MS);
    const job = await workflowService.describeBatchOperation({ namespace: NAMESPACE, jobId: 'bench' });
    isDone = Number(job.completeOperationCount) >= count;
  }
  const doneMs = performance.now() - startedAtMs;
  return { doneMs, meanwhileMs: await probe.end() };
}
