import { dbosPrograms } from '../load/dbos/programs.ts';
import { hasPackage } from './find-package.ts';
import type { Peer } from './peer.ts';
import { findPostgres, launchPostgres } from './postgres.ts';

const LIBRARY = '@dbos-inc/dbos-sdk';

/**
 * A program on the DBOS library, installed by npm in a folder outside of the repository, and PostgreSQL, which is the
 * only server of it. What runs the workflows is the program, so that much of what other peers do in the server is here
 * in the SDK's CPU. It starts no server, and its sleeping workflows wait in the program's memory.
 */
export function dbos(packages: string): Peer {
  return {
    name: 'DBOS',
    slowness: 1,
    leavesOut: ['messages', 'start', 'sleepers', 'schedules', 'lists', 'retention', 'batch'],
    find: () => {
      const postgres = findPostgres();
      if (postgres === undefined || !hasPackage(packages, LIBRARY)) return undefined;
      return {
        launch: (folder, port) => launchPostgres(postgres, folder, port),
        prepare: () => Promise.resolve(),
        programs: (port) => dbosPrograms(packages, `postgresql://postgres@127.0.0.1:${port}/dbos_bench`),
      };
    },
  };
}
