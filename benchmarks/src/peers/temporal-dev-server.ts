import { join } from 'node:path';
import { temporalPrograms } from '../load/temporal/programs.ts';
import { answersTemporal } from './answers.ts';
import { findOnPath } from './find-program.ts';
import { configFlags } from './config-flags.ts';
import type { Peer } from './peer.ts';

/** The development server of the official command `temporal`, on a file. */
export const temporalDevServer: Peer = {
  name: 'temporal start-dev',
  slowness: 4,
  // These fill a store of ours without its server.
  leavesOut: ['lists', 'retention'],
  find: () => {
    const command = findOnPath('temporal');
    if (command === undefined) return undefined;
    return {
      launch: (storeFolder, port, settings = {}) => {
        const flags = ['--headless', '--log-level', 'error', '--port', String(port)];
        const file = ['--db-filename', join(storeFolder, 'temporal.db')];
        const args = ['server', 'start-dev', ...flags, ...file, ...configFlags(settings)];
        return { command, args, port, storeFolder, isServing: answersTemporal };
      },
      prepare: () => Promise.resolve(),
      programs: temporalPrograms,
    };
  },
};
