/**
 * The one door to clock, timers and randomness. The simulator brings its own, so that a run of the real server code is
 * repeated exactly by its seed; a lint forbids the ambient ones elsewhere in this package.
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
  /** A new UUID (version 7: ordered by time, so that keys of new rows are neighbours). */
  uuid(): string;
}

export interface HostTimer {
  cancel(): void;
}
