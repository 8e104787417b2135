/** What could not listen, where a server listens on several ports. */
export type ListenPart = 'frontend' | 'http' | 'ui';

/** The server could not listen. `code` is the system's, such as `EADDRINUSE` for a port that is taken. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: string;
  readonly host: string;
  readonly port: number;
  part: ListenPart | undefined;

  constructor(host: string, port: number, cause: Error) {
    super(`cannot listen on ${host}:${port}: ${cause.message}`, { cause });
    this.code = 'code' in cause && typeof cause.code === 'string' ? cause.code : 'UNKNOWN';
    this.host = host;
    this.port = port;
  }
}
