import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { temporalPrograms } from '../load/temporal/programs.ts';
import { answersTemporal } from './answers.ts';
import { configFlags } from './config-flags.ts';
import type { Peer } from './peer.ts';

const CLI = fileURLToPath(new URL('../../../packages/cli/bin/perdure.js', import.meta.url));

/** The development server of this repository on a file, as users start it. `nodeFlags` go to its Node.js. */
export function perdure(nodeFlags: readonly string[]): Peer {
  return {
    name: 'Perdure',
    slowness: 1,
    find: () => ({
      launch: (storeFolder, port, settings = {}) => {
        const flags = ['--headless', '--port', String(port), '--db-filename', join(storeFolder, 'perdure.db')];
        return {
          command: process.execPath,
          args: [...nodeFlags, CLI, 'server', 'start-dev', ...flags, ...configFlags(settings)],
          port,
          storeFolder,
          isServing: answersTemporal,
        };
      },
      prepare: () => Promise.resolve(),
      programs: temporalPrograms,
    }),
  };
}
