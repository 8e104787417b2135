import type { Connection } from '../http2/connection.ts';

/** How connections are watched over. Times in milliseconds; undefined is never. */
export interface KeepaliveOptions {
  /** `frontend.keepAliveTime`: how often the server pings. */
  readonly timeMs: number | undefined;
  /** `frontend.keepAliveTimeout`: how long it waits for the answer before it closes the connection. */
  readonly timeoutMs: number;
  /** `frontend.keepAliveMaxConnectionIdle`: a connection without calls for so long is closed. */
  readonly connectionIdleMaxMs: number | undefined;
  /** `frontend.keepAliveMaxConnectionAge`: a connection so old is asked to go. */
  readonly connectionAgeMaxMs: number | undefined;
  /** `frontend.keepAliveMaxConnectionAgeGrace`: how long its calls may still take. */
  readonly connectionAgeGraceMs: number;
}

/**
 * Temporal's defaults, but for age: that serves to spread connections over the hosts of a cluster, which a single server
 * does not need. Its minimum time between a client's pings (10 s) is not enforced; `bounds.ts` has a bound for them.
 */
export const defaultKeepalive: KeepaliveOptions = {
  timeMs: 60_000,
  timeoutMs: 10_000,
  connectionIdleMaxMs: 120_000,
  connectionAgeMaxMs: undefined,
  connectionAgeGraceMs: 70_000,
};

/** How long an idle connection may take to close after it was asked to, at most. */
const IDLE_GRACE_MS = 5_000;

/** Pings a connection and closes it when it is dead, idle or old. The timers keep no process alive. */
export class Keepalive {
  readonly #connection: Connection;
  readonly #options: KeepaliveOptions;
  readonly #timers: NodeJS.Timeout[] = [];
  #isStopped = false;

  constructor(connection: Connection, options: KeepaliveOptions) {
    this.#connection = connection;
    this.#options = options;
    const { timeMs, connectionIdleMaxMs, connectionAgeMaxMs, connectionAgeGraceMs } = options;
    if (timeMs !== undefined) this.#timers.push(setInterval(() => this.#ping(), timeMs).unref());
    if (connectionIdleMaxMs !== undefined) this.#lookWhetherIdle(connectionIdleMaxMs, connectionIdleMaxMs);
    if (connectionAgeMaxMs === undefined) return;
    this.#after(connectionAgeMaxMs, () => connection.close());
    this.#after(connectionAgeMaxMs + connectionAgeGraceMs, () => connection.destroy());
  }

  /** The connection is closed. */
  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #ping(): void {
    const deadline = setTimeout(() => this.#connection.destroy(), this.#options.timeoutMs).unref();
    this.#connection.ping(() => clearTimeout(deadline));
  }

  #lookWhetherIdle(connectionIdleMaxMs: number, delayMs: number): void {
    this.#after(delayMs, () => {
      const { idleSinceMs } = this.#connection;
      const idleMs = idleSinceMs === undefined ? 0 : performance.now() - idleSinceMs;
      // Timers may fire a little early.
      if (idleMs < connectionIdleMaxMs - 1)
        return this.#lookWhetherIdle(connectionIdleMaxMs, connectionIdleMaxMs - idleMs);
      this.#connection.close();
      this.#after(Math.min(IDLE_GRACE_MS, connectionIdleMaxMs), () => this.#connection.destroy());
    });
  }

  #after(delayMs: number, act: () => void): void {
    if (this.#isStopped) return;
    const timer = setTimeout(() => {
      this.#timers.splice(this.#timers.indexOf(timer), 1);
      act();
    }, delayMs).unref();
    this.#timers.push(timer);
  }
}
