import { closeSync, fdatasync, openSync } from 'node:fs';

/**
 * Brings SQLite's log to the disk without holding the loop: the connection of the loop writes its commits to the log and
 * does not wait for the disk (`synchronous = NORMAL`), and nothing is confirmed before a sync that began after its commit
 * has ended. The system does that on a thread of its own, at a tenth of what a thread with a connection would cost.
 */
export class LogSync {
  readonly #descriptor: number;

  /** `file` is that of the log, which SQLite keeps as long as a connection is open. */
  constructor(file: string) {
    // Windows syncs only what may be written.
    this.#descriptor = openSync(file, 'r+');
  }

  /** Settles when all that the log holds by now is durable; rejects with the error of the system where it may not be. */
  run(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    fdatasync(this.#descriptor, (error) => (error === null ? resolve() : reject(error)));
    return promise;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
