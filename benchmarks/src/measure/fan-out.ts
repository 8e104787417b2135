import type { Figure, Measurement } from './figure.ts';

const WIDTHS = [200, 1_000] as const;
/** Activities before anything is measured: a server that compiles its code as it runs is measured once it has. */
const WARM_UP = { activities: 200, count: 30 } as const;
const ACTIVITIES_PER_WIDTH = 6_000;
const TARGET_MS = 0.35;
const GROWTH_TARGET = 1.5;

/** Many activities at once in one workflow: what each of them costs, and whether that grows with their number. */
export const fanOut: Measurement = {
  name: 'fan-out',
  async measure(subject) {
    return await subject.withServer(async (server) => {
      await using load = await subject.openLoad(server);
      await load.run({ workflow: 'fanOut', ...WARM_UP, concurrency: 1 }, 0);
      const figures: Figure[] = [];
      const costs: (number | undefined)[] = [];
      for (const activities of WIDTHS) {
        const count = subject.count(ACTIVITIES_PER_WIDTH / activities, 1);
        const result = await load.run({ workflow: 'fanOut', activities, count, concurrency: 1 }, 0);
        const value = result.serverCpuMs === undefined ? undefined : result.serverCpuMs / activities;
        costs.push(value);
        const what = `fan-out of ${activities}: server CPU per activity`;
        figures.push({ what, unit: 'ms', value, ...(activities === 1_000 ? { target: TARGET_MS } : {}) });
        figures.push({ what: `fan-out of ${activities}: start to result`, unit: 'ms', value: result.p50Ms });
      }
      const [narrow, wide] = costs;
      const growth = narrow === undefined || wide === undefined ? undefined : wide / narrow;
      return [...figures, { what: 'fan-out, 1000 to 200: cost', unit: 'times', value: growth, target: GROWTH_TARGET }];
    });
  },
};
