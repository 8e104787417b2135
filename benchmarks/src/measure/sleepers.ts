import { setTimeout as delay } from 'node:timers/promises';
import { copySleepers } from '../load/seed/copy-sleepers.ts';
import { Program } from '../load/program.ts';
import type { ServerProcess } from '../system/server-process.ts';
import { cpuMeter, usageOf } from '../system/usage.ts';
import type { Figure, Measurement } from './figure.ts';
import type { Subject } from './subject.ts';

const LEAST = 500;
/** Where a store can be filled without its server, the others are copied within it. */
const BY_CALLS_MAX = 20_000;
const WATCHED_MS = 3_000;
/** For a million of them. */
const MEMORY_TARGET_MB = 400;
const RESTART_TARGET_MS = 5_000;

/** Open workflows that all wait for a timer: what they cost while nothing happens, and at a restart. */
export function sleepers(full: number): Measurement {
  return {
    name: 'sleepers',
    async measure(subject) {
      const count = subject.count(full, LEAST);
      const folder = subject.newFolder();
      const { server } = await subject.start(folder);
      const byCalls = subject.canBeSeeded ? Math.min(count, BY_CALLS_MAX) : count;
      const asleep = await putToSleep(subject, server, byCalls);
      if (byCalls < count) await copySleepers(folder, count - byCalls);
      const again = await subject.start(folder);
      const restarted = memoryMb(again.server);
      const file = again.server.storedBytes();
      await again.server.stop();
      const figures: Figure[] = [
        { what: 'number', unit: 'count', value: count },
        ...asleep,
        { what: 'file', unit: 'MB', value: file / 2 ** 20 },
        { what: 'restart to serving', unit: 'ms', value: again.servingAfterMs, target: RESTART_TARGET_MS },
        { what: 'memory after a restart', unit: 'MB', value: restarted, target: MEMORY_TARGET_MB },
      ];
      return figures.map((figure) => ({ ...figure, what: `sleeping workflows: ${figure.what}` }));
    },
  };
}

async function putToSleep(subject: Subject, server: ServerProcess, count: number): Promise<Figure[]> {
  try {
    await subject.prepare(server);
    const program = await Program.start(
      new URL('../load/temporal/sleepers-process.ts', import.meta.url),
      server.address,
    );
    const spent = cpuMeter([server.pid]);
    const { elapsedMs } = (await program.ask({ count })) as { elapsedMs: number };
    const cpuMs = spent();
    await program.stop();
    const idle = cpuMeter([server.pid]);
    await delay(WATCHED_MS);
    const idleMs = idle();
    return [
      { what: 'put to sleep', unit: 'per s', value: (count * 1_000) / elapsedMs },
      { what: 'server CPU each', unit: 'ms', value: cpuMs === undefined ? undefined : cpuMs / count },
      { what: 'server CPU per second asleep', unit: 'ms', value: idleMs === undefined ? undefined : idleMs / 3 },
      { what: 'memory of the server', unit: 'MB', value: memoryMb(server), target: MEMORY_TARGET_MB },
      { what: 'storage each', unit: 'KB', value: server.storedBytes() / 1_024 / count },
    ];
  } finally {
    await server.stop();
  }
}

function memoryMb(server: ServerProcess): number | undefined {
  const bytes = usageOf(server.pid)?.residentBytes;
  return bytes === undefined ? undefined : bytes / 2 ** 20;
}
