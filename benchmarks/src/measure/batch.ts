import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { NAMESPACE, TASK_QUEUE } from '../load/temporal/wire.ts';
import { cpuMeter, usageOf } from '../system/usage.ts';
import type { Figure, Measurement } from './figure.ts';

const LEAST = 2_000;
const STARTERS = 64;
const LOOK_MS = 100;
/** As many calls of users are made while the batch works, one after the other. */
const PROBE_MS = 50;

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
        const { doneMs, probesMs } = await terminateAll(connection, count);
        const cpuMs = spent();
        const bytes = usageOf(server.pid)?.residentBytes;
        await connection.close();
        const figures: Figure[] = [
          { what: 'number', unit: 'count', value: count },
          { what: 'started', unit: 'per s', value: (count * 1_000) / startedMs },
          { what: 'terminated', unit: 'per s', value: (count * 1_000) / doneMs },
          { what: 'server CPU each', unit: 'ms', value: cpuMs === undefined ? undefined : cpuMs / count },
          { what: 'start meanwhile, p50', unit: 'ms', value: probesMs[Math.floor(probesMs.length / 2)] },
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
      await start(connection, 'Batched', `batched-${left}`);
    }
  };
  await Promise.all(Array.from({ length: STARTERS }, starter));
  return performance.now() - startedAtMs;
}

async function start({ workflowService }: Connection, type: string, workflowId: string): Promise<void> {
  await workflowService.startWorkflowExecution({
    namespace: NAMESPACE,
    workflowId,
    requestId: workflowId,
    workflowType: { name: type },
    taskQueue: { name: TASK_QUEUE },
  });
}

async function terminateAll(
  connection: Connection,
  count: number,
): Promise<{ readonly doneMs: number; readonly probesMs: readonly number[] }> {
  const { workflowService } = connection;
  const startedAtMs = performance.now();
  await workflowService.startBatchOperation({
    namespace: NAMESPACE,
    jobId: 'bench',
    reason: 'measured',
    visibilityQuery: "WorkflowType = 'Batched'",
    terminationOperation: {},
  });
  let isDone = false;
  const probesMs: number[] = [];
  const probe = async (): Promise<void> => {
    while (!isDone) {
      const askedAtMs = performance.now();
      await start(connection, 'Other', `other-${probesMs.length}`);
      probesMs.push(performance.now() - askedAtMs);
      await delay(PROBE_MS);
    }
  };
  const probing = probe();
  while (!isDone) {
    await delay(LOOK_MS);
    const job = await workflowService.describeBatchOperation({ namespace: NAMESPACE, jobId: 'bench' });
    isDone = Number(job.completeOperationCount) >= count;
  }
  const doneMs = performance.now() - startedAtMs;
  await probing;
  return { doneMs, probesMs: probesMs.sort((a, b) => a - b) };
}
