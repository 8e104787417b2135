import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { NAMESPACE } from '../load/temporal/wire.ts';
import { cpuMeter, usageOf } from '../system/usage.ts';
import { seed } from './lists.ts';
import type { Figure, Measurement } from './figure.ts';
import { Probe } from './probe.ts';

const LEAST = 20_000;
const LOOK_MS = 1_000;
const CLOSED = "ExecutionStatus = 'Completed'";
/** The file has given back what it will once it is this much smaller than it was. */
const EMPTY_SHARE = 0.1;

/** Closed workflows whose retention is over, all at once: until they are gone, and until the file is small again. */
export function retention(full: number): Measurement {
  return {
    name: 'retention',
    async measure(subject) {
      const count = subject.count(full, LEAST);
      const folder = subject.newFolder();
      await seed(subject, folder, count, Date.now());
      const { server } = await subject.start(folder);
      try {
        const fullBytes = server.storedBytes();
        const connection = await Connection.connect({ address: server.address });
        const spent = cpuMeter([server.pid]);
        const startedAtMs = performance.now();
        const probe = new Probe(connection);
        const left = async (): Promise<number> =>
          Number(
            (await connection.workflowService.countWorkflowExecutions({ namespace: NAMESPACE, query: CLOSED })).count,
          );
        while ((await left()) > 0) await delay(LOOK_MS);
        const goneMs = performance.now() - startedAtMs;
        while (server.storedBytes() > fullBytes * EMPTY_SHARE) await delay(LOOK_MS);
        const smallMs = performance.now() - startedAtMs;
        const meanwhileMs = await probe.end();
        const cpuMs = spent();
        const bytes = usageOf(server.pid)?.residentBytes;
        await connection.close();
        const figures: Figure[] = [
          { what: 'number', unit: 'count', value: count },
          { what: 'gone from lists', unit: 'per s', value: (count * 1_000) / goneMs },
          { what: 'gone from the file', unit: 'per s', value: (count * 1_000) / smallMs },
          { what: 'server CPU each', unit: 'ms', value: cpuMs === undefined ? undefined : cpuMs / count },
          { what: 'start meanwhile, p50', unit: 'ms', value: meanwhileMs },
          { what: 'memory of the server', unit: 'MB', value: bytes === undefined ? undefined : bytes / 2 ** 20 },
          { what: 'file before', unit: 'MB', value: fullBytes / 2 ** 20 },
          { what: 'file after', unit: 'MB', value: server.storedBytes() / 2 ** 20 },
        ];
        return figures.map((figure) => ({ ...figure, what: `retention: ${figure.what}` }));
      } finally {
        await server.stop();
      }
    },
  };
}
