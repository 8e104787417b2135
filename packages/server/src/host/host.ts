/**
 * The one door to clock, timers, randomness and other people's servers. The simulator brings its own, so that a run of
 * the real server code is repeated exactly by its seed; a lint forbids the ambient ones elsewhere in this package.
 */
export interface Host {
  /** Wall clock, milliseconds since the epoch. May jump; time in a shard never goes back (see `Shard`). */
  now(): number;
  /** Runs the callback once at or after that instant of `now()`. */
  setTimer(atMs: number, callback: () => void): HostTimer;
  /** Runs the callback after the I/O that is ready now has been taken in. */
  defer(callback: () => void): void;
  /** Cryptographically strong bytes. */
  randomBytes(length: number): Uint8Array;
  /** Sends an HTTP POST. Rejects where no answer comes in time. */
  post(request: HttpRequest): Promise<HttpReply>;
  /** A new UUID (version 7: ordered by time, so that keys of new rows are neighbours). */
  uuid(): string;
}

/** A number from 0 to below 1. */
export function randomShare(host: Pick<Host, 'randomBytes'>): number {
  const [byte0 = 0, byte1 = 0, byte2 = 0, byte3 = 0] = host.randomBytes(4);
  return ((byte0 * 256 + byte1) * 65_536 + byte2 * 256 + byte3) / 2 ** 32;
}

export interface HttpRequest {
  readonly url: string;
  /** By name in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  readonly timeoutMs: number;
}

export interface HttpReply {
  readonly status: number;
  readonly statusText: string;
  /** By name in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** Why it was refused; empty for a success, and where more is said than anybody would read. */
  readonly body: Uint8Array;
}

export interface HostTimer {
  cancel(): void;
}
