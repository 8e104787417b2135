import { percentile } from '../load/load.ts';
import type { Durations } from '../load/order.ts';
import { Program } from '../load/program.ts';
import type { MessageOrder } from '../load/temporal/messages-process.ts';
import { cpuMeter } from '../system/usage.ts';
import type { Figure, Measurement } from './figure.ts';

const SIGNALS = { what: 'signal', count: 5_000, concurrency: 64 } as const;
const QUERIES = { what: 'query', count: 500, concurrency: 1 } as const;
const UPDATES = { what: 'update', count: 500, concurrency: 1 } as const;
const SIGNAL_RATE_TARGET = 5_000;
const QUERY_TARGET_MS = 3;
const UPDATE_TARGET_MS = 5;

/** A history of this length is compared with its own beginning. */
const HISTORY_EVENTS = 50_000;
const HISTORY_PART = 5_000;

/** What one workflow is sent, and what its history costs as it grows. The worker of this load answers at once. */
export const messages: Measurement = {
  name: 'messages',
  async measure(subject) {
    return await subject.withServer(async (server) => {
      const program = await Program.start(
        new URL('../load/temporal/messages-process.ts', import.meta.url),
        server.address,
      );
      const run = async (order: MessageOrder) => {
        const spent = cpuMeter([server.pid]);
        const { durationsMs, elapsedMs } = (await program.ask(order)) as Durations;
        const cpuMs = spent();
        return { durationsMs, elapsedMs, cpuMs: cpuMs === undefined ? undefined : cpuMs / order.count };
      };
      const measured = async (order: MessageOrder) => {
        const count = subject.count(order.count, 100);
        await run({ ...order, count: Math.min(count, 500) });
        return await run({ ...order, count });
      };
      try {
        const signals = await measured(SIGNALS);
        const queries = await measured(QUERIES);
        const updates = await measured(UPDATES);
        const figures: Figure[] = [
          {
            what: 'signals to one workflow, 64 clients',
            unit: 'per s',
            value: (signals.durationsMs.length * 1_000) / signals.elapsedMs,
            target: SIGNAL_RATE_TARGET,
          },
          { what: 'signals to one workflow: server CPU each', unit: 'ms', value: signals.cpuMs },
          { what: 'query, p50', unit: 'ms', value: percentile(queries.durationsMs, 0.5), target: QUERY_TARGET_MS },
          { what: 'query: server CPU', unit: 'ms', value: queries.cpuMs },
          { what: 'update, p50', unit: 'ms', value: percentile(updates.durationsMs, 0.5), target: UPDATE_TARGET_MS },
          { what: 'update: server CPU', unit: 'ms', value: updates.cpuMs },
        ];
        return [...figures, ...(await longHistory(subject.count(HISTORY_EVENTS, HISTORY_EVENTS / 5), run))];
      } finally {
        await program.stop();
      }
    });
  },
};

async function longHistory(
  events: number,
  run: (order: MessageOrder) => Promise<{ readonly cpuMs: number | undefined }>,
): Promise<Figure[]> {
  const part = (count: number): MessageOrder => ({ what: 'event', count, concurrency: 1 });
  await run(part(HISTORY_PART / 5));
  const first = await run(part(HISTORY_PART));
  await run(part(events - 2 * HISTORY_PART - HISTORY_PART / 5));
  const last = await run(part(HISTORY_PART));
  const growth = first.cpuMs === undefined || last.cpuMs === undefined ? undefined : last.cpuMs / first.cpuMs;
  return [
    { what: 'long history: server CPU per event, at first', unit: 'ms', value: first.cpuMs },
    { what: `long history: the same at event ${events}`, unit: 'ms', value: last.cpuMs },
    { what: 'long history: growth of the cost per event', unit: 'times', value: growth, target: 1.2 },
  ];
}
