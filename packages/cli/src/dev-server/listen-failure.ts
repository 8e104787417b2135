import { ListenError } from '@perdure/server';
import { CommandError } from '../command-line/command.ts';
import type { DevServerOptions } from './options.ts';

/** Texts of the system's refusals, as Go words them. */
const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EACCES: 'permission denied',
};

/** A port that cannot be had, told as the official command tells it; any other error as it is. */
export function listenFailure(error: unknown, { port: grpcPort, ui }: Pick<DevServerOptions, 'port' | 'ui'>): unknown {
  if (!(error instanceof ListenError)) return error;
  const { port } = error;
  const reason = reasons[error.code] ?? error.code;
  const host = error.host.includes(':') ? `[${error.host}]` : error.host;
  const what = {
    frontend: `set frontend port ${port}`,
    http: `set frontend HTTP port ${port}`,
    ui: ui?.isDefaultPort === true ? `use default UI port ${port} (${grpcPort} + 1000)` : `set UI port ${port}`,
    metrics: `set metrics port ${port}`,
  }[error.part ?? 'metrics'];
  return new CommandError(`can't ${what}: listen tcp ${host}:${port}: bind: ${reason}`);
}
