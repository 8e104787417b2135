import { percentile } from '../load/load.ts';
import { usageOf } from '../system/usage.ts';
import type { Measurement } from './figure.ts';

const STARTS = 5;

/** From the start of the process until it answers, on a new folder; the middle of some. */
export const startUp: Measurement = {
  name: 'start',
  async measure(subject) {
    const took: number[] = [];
    const spent: number[] = [];
    for (let index = 0; index < STARTS; index += 1) {
      const { server, servingAfterMs } = await subject.start(subject.newFolder());
      took.push(servingAfterMs);
      spent.push(usageOf(server.pid)?.cpuMs ?? Number.NaN);
      await server.stop();
    }
    return [
      { what: 'server start to serving', unit: 'ms', value: percentile(took, 0.5), target: 300 },
      { what: 'server start to serving: CPU', unit: 'ms', value: percentile(spent, 0.5) },
    ];
  },
};
