import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { PORT_OFFSETS } from '../load/restate/ports.ts';
import { restatePrograms } from '../load/restate/programs.ts';
import { hasPackage, packageFolder } from './find-package.ts';
import { findOnPath, isForeignProgram } from './find-program.ts';
import type { Peer } from './peer.ts';

/**
 * The Restate server, with its defaults, and a service of its SDK; installed by npm in a folder outside of the
 * repository. Its files are those of a log and of a tree that is compacted later: they say nothing about one workflow.
 */
export function restate(packages: string): Peer {
  return {
    name: 'Restate',
    slowness: 1,
    leavesOut: ['messages', 'storage', 'sleepers', 'schedules', 'lists', 'retention', 'batch'],
    find: () => {
      const command = findOnPath('restate-server') ?? findInPackage(packages);
      if (command === undefined || !hasPackage(packages, '@restatedev/restate-sdk')) return undefined;
      return {
        launch: (folder, port) => {
          const storeFolder = join(folder, 'store');
          mkdirSync(storeFolder, { recursive: true });
          const listen = ['--listen-mode', 'tcp', '--bind-ip', '127.0.0.1'];
          const fabric = ['--bind-port', String(port + PORT_OFFSETS.fabric)];
          return {
            command,
            args: ['--no-logo', ...listen, ...fabric, '--base-dir', storeFolder],
            environment: {
              RESTATE_DISABLE_TELEMETRY: 'true',
              RESTATE_LOG_FILTER: 'error',
              RESTATE_INGRESS__BIND_PORT: String(port + PORT_OFFSETS.ingress),
              RESTATE_ADMIN__BIND_PORT: String(port + PORT_OFFSETS.admin),
            },
            port,
            storeFolder,
            isServing,
          };
        },
        prepare: () => Promise.resolve(),
        programs: (port) => restatePrograms(packages, port),
      };
    },
  };
}

async function isServing(port: number): Promise<boolean> {
  const paths = [`${port + PORT_OFFSETS.ingress}/restate/health`, `${port + PORT_OFFSETS.admin}/health`];
  const answers = await Promise.all(paths.map((path) => fetch(`http://127.0.0.1:${path}`).catch(() => undefined)));
  return answers.every((answer) => answer?.ok === true);
}

/** The program inside the package of this platform: what the package `restate-server` starts is a script around it. */
function findInPackage(packages: string): string | undefined {
  const folder = packageFolder(packages, `@restatedev/restate-server-${process.platform}-${process.arch}`);
  const path = join(folder ?? '', 'bin', 'restate-server');
  return isForeignProgram(path) ? path : undefined;
}
