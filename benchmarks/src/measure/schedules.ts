import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { durationOf, NAMESPACE } from '../load/temporal/wire.ts';
import { cpuMeter, usageOf } from '../system/usage.ts';
import type { Figure, Measurement } from './figure.ts';

const LEAST = 2_000;
const CREATORS = 32;
const YEAR_MS = 365 * 24 * 3_600_000;
/** Until what their making has left to do is done: they leave memory, and threads of the store end. */
const SETTLE_MS = 20_000;
const WATCHED_SECONDS = 10;
/** A hundredth of a core. */
const IDLE_TARGET_MS = 10;

/** Schedules that wait for their next time, a year away: what they cost while nothing happens. */
export function schedules(full: number): Measurement {
  return {
    name: 'schedules',
    async measure(subject) {
      const count = subject.count(full, LEAST);
      return subject.withServer(async (server) => {
        const connection = await Connection.connect({ address: server.address });
        const startedAtMs = performance.now();
        let left = count;
        const create = async (): Promise<void> => {
          while (left > 0) {
            left -= 1;
            await connection.workflowService.createSchedule({
              namespace: NAMESPACE,
              scheduleId: `idle-${left}`,
              requestId: `idle-${left}`,
              schedule: {
                spec: { interval: [{ interval: durationOf(YEAR_MS) }] },
                action: { startWorkflow: { workflowId: 'w', workflowType: { name: 'W' }, taskQueue: { name: 'q' } } },
              },
            });
          }
        };
        await Promise.all(Array.from({ length: CREATORS }, create));
        const createdMs = performance.now() - startedAtMs;
        await connection.close();
        await delay(SETTLE_MS);
        const spent = cpuMeter([server.pid]);
        await delay(WATCHED_SECONDS * 1_000);
        const idleMs = spent();
        const bytes = usageOf(server.pid)?.residentBytes;
        const figures: Figure[] = [
          { what: 'number', unit: 'count', value: count },
          { what: 'created', unit: 'per s', value: (count * 1_000) / createdMs },
          {
            what: 'server CPU per second idle',
            unit: 'ms',
            value: idleMs === undefined ? undefined : idleMs / WATCHED_SECONDS,
            target: IDLE_TARGET_MS,
          },
          { what: 'memory of the server', unit: 'MB', value: bytes === undefined ? undefined : bytes / 2 ** 20 },
        ];
        return figures.map((figure) => ({ ...figure, what: `idle schedules: ${figure.what}` }));
      });
    },
  };
}
