import { join } from 'node:path';
import { findOnPath } from './find-program.ts';
import type { Peer } from './peer.ts';

/** The development server of the official command `temporal`, on a file. */
export const temporalDevServer: Peer = {
  name: 'temporal start-dev',
  slowness: 4,
  find: () => {
    const command = findOnPath('temporal');
    if (command === undefined) return undefined;
    return {
      launch: (storeFolder, port) => {
        const flags = ['--headless', '--log-level', 'error', '--port', String(port)];
        const file = ['--db-filename', join(storeFolder, 'temporal.db')];
        return { command, args: ['server', 'start-dev', ...flags, ...file], port, storeFolder };
      },
      prepare: () => Promise.resolve(),
    };
  },
};
