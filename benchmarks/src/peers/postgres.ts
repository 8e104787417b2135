import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, globSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import type { Launch } from '../system/server-process.ts';
import { findOnPath, isForeignProgram } from './find-program.ts';

/** Where Debian and its kin keep it, off PATH. */
const DEBIAN_PROGRAMS = '/usr/lib/postgresql/*/bin/initdb';
/** The account that its packages make. */
const ACCOUNT = 'postgres';

/** The programs of one PostgreSQL and whom to run them as. */
export interface Postgres {
  readonly folder: string;
  /** Undefined: as ourselves. It does not run as root. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
}

/** Finds it on PATH or where Debian has it; undefined also where we are root and there is no account for it. */
export function findPostgres(): Postgres | undefined {
  const onPath = findOnPath('initdb');
  const program = onPath ?? globSync(DEBIAN_PROGRAMS).toSorted(byVersion).findLast(isForeignProgram);
  if (program === undefined) return undefined;
  const folder = dirname(realpathSync(program));
  if (process.getuid?.() !== 0) return { folder, user: undefined };
  const user = accountOf(ACCOUNT);
  return user === undefined ? undefined : { folder, user };
}

/** A server with its defaults (every commit is on the disk before it is answered), on the loopback interface alone. */
export function launchPostgres({ folder: programs, user }: Postgres, folder: string, port: number): Launch {
  const data = join(folder, 'data');
  if (!existsSync(data)) {
    if (user !== undefined) chownSync(folder, user.uid, user.gid);
    const flags = ['--username', ACCOUNT, '--auth', 'trust', '--encoding', 'UTF8', '--no-locale'];
    execFileSync(join(programs, 'initdb'), ['--pgdata', data, ...flags], { ...user, stdio: 'ignore', cwd: folder });
  }
  const listen = ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='];
  return {
    command: join(programs, 'postgres'),
    args: ['-D', data, '-p', String(port), ...listen],
    ...(user === undefined ? {} : { user }),
    port,
    // Without its write-ahead log, whose files it uses again and again.
    storeFolder: join(data, 'base'),
    isServing: () => Promise.resolve(accepts(join(programs, 'pg_isready'), port)),
  };
}

function accepts(probe: string, port: number): boolean {
  try {
    execFileSync(probe, ['--host', '127.0.0.1', '--port', String(port)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function accountOf(name: string): Postgres['user'] {
  try {
    const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' })));
    return uid === undefined || gid === undefined ? undefined : { uid, gid };
  } catch {
    return undefined;
  }
}

function byVersion(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}
