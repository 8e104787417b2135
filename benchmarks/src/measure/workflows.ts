import { setTimeout as delay } from 'node:timers/promises';
import type { Load, RunResult } from '../load/load.ts';
import { usageOf } from '../system/usage.ts';
import type { Figure, Measurement } from './figure.ts';
import type { Subject } from './subject.ts';

const ACTIVITIES = [1, 3, 9] as const;
const ONE_CLIENT = { concurrency: 1, full: 200, least: 20 };
const MANY_CLIENTS = { concurrency: 128, full: 2_000, least: 256 };

const P50_TARGET_MS: Readonly<Record<number, number>> = { 1: 12, 3: 21, 9: 48 };
const RATE_TARGET: Readonly<Record<number, number>> = { 1: 170, 3: 120 };
const CPU_TARGET_MS = 1.2;
const FURTHER_ACTIVITY_TARGET_MS = 0.45;
const MEMORY_TARGET_MB = 150;

/** Workflows before anything is measured: a server that compiles its code as it runs is measured once it has. */
const WARM_UP = { full: 1_500, least: 256 };

/** A server may give memory back once nobody asks for anything. */
const SETTLE_MS = 15_000;

/** Workflows of one, three and nine activities in sequence: how long, how many, at what cost. */
export const workflows: Measurement = {
  name: 'workflows',
  async measure(subject) {
    return await subject.withServer(async (server) => {
      await using load = await subject.openLoad(server);
      const count = subject.count(WARM_UP.full, WARM_UP.least);
      await load.run({ workflow: 'sequence', activities: 1, count, concurrency: MANY_CLIENTS.concurrency }, 0);
      // One client comes last: a server that has been at work is what it meets.
      const together = await runAll(subject, load, MANY_CLIENTS);
      const alone = await runAll(subject, load, ONE_CLIENT);
      await delay(SETTLE_MS);
      const residentBytes = usageOf(server.pid)?.residentBytes;
      const memory = residentBytes === undefined ? undefined : residentBytes / 2 ** 20;
      return [
        ...[...alone].flatMap(([activities, result]) => latencyFigures(activities, result)),
        ...[...together].flatMap(([activities, result]) => loadFigures(activities, result)),
        furtherActivity(together),
        { what: 'memory of the server 15 s after that', unit: 'MB', value: memory, target: MEMORY_TARGET_MB },
      ];
    });
  },
};

type Results = ReadonlyMap<number, RunResult>;

async function runAll(subject: Subject, load: Load, how: typeof ONE_CLIENT): Promise<Results> {
  const results = new Map<number, RunResult>();
  const { concurrency } = how;
  for (const activities of ACTIVITIES) {
    // Longer workflows, fewer of them.
    const count = subject.count(Math.round(how.full / Math.sqrt(activities)), how.least);
    const warmUps = Math.max(concurrency, Math.round(count / 10));
    results.set(activities, await load.run({ workflow: 'sequence', activities, count, concurrency }, warmUps));
  }
  return results;
}

function latencyFigures(activities: number, result: RunResult): Figure[] {
  const name = `one client, ${plural(activities)}:`;
  const target = P50_TARGET_MS[activities];
  return [
    {
      what: `${name} start to result, p50`,
      unit: 'ms',
      value: result.p50Ms,
      ...(target === undefined ? {} : { target }),
    },
    { what: `${name} start to result, p99`, unit: 'ms', value: result.p99Ms },
    { what: `${name} server CPU`, unit: 'ms', value: result.serverCpuMs },
  ];
}

function loadFigures(activities: number, result: RunResult): Figure[] {
  const name = `128 clients, ${plural(activities)}:`;
  const target = RATE_TARGET[activities];
  const cpuTarget = activities === 1 ? { target: CPU_TARGET_MS } : {};
  const rate = { what: `${name} workflows`, unit: 'per s', value: result.workflowsPerSecond } as const;
  return [
    target === undefined ? rate : { ...rate, target },
    { what: `${name} server CPU`, unit: 'ms', value: result.serverCpuMs, ...cpuTarget },
    { what: `${name} SDK CPU, client and worker`, unit: 'ms', value: result.sdkCpuMs },
    { what: `${name} start to result, p50`, unit: 'ms', value: result.p50Ms },
    { what: `${name} start to result, p99`, unit: 'ms', value: result.p99Ms },
  ];
}

/** What an activity more costs the server: the difference between the longest and the shortest workflow. */
function furtherActivity(results: Results): Figure {
  const least = results.get(1)?.serverCpuMs;
  const most = results.get(9)?.serverCpuMs;
  const value = least === undefined || most === undefined ? undefined : (most - least) / 8;
  const what = '128 clients, each further activity: server CPU';
  return { what, unit: 'ms', value, target: FURTHER_ACTIVITY_TARGET_MS };
}

function plural(activities: number): string {
  return activities === 1 ? '1 activity' : `${activities} activities`;
}
