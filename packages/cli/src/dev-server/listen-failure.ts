import { ListenError } from '@perdure/server';
import { CommandError } from '../command-line/command.ts';

/** Texts of the system's refusals, as Go words them. */
const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EACCES: 'permission denied',
};

/** A port that cannot be had, told as the official command tells it; any other error as it is. */
export function listenFailure(part: 'frontend' | 'metrics', port: number, error: unknown): unknown {
  if (!(error instanceof ListenError)) return error;
  const reason = reasons[error.code] ?? error.code;
  const host = error.host.includes(':') ? `[${error.host}]` : error.host;
  return new CommandError(`can't set ${part} port ${port}: listen tcp ${host}:${port}: bind: ${reason}`);
}
