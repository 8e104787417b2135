import type { ServerHttp2Session } from 'node:http2';

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
 * does not need. Its minimum time between a client's pings (10 s) is not enforced; `flood.ts` has a bound for them.
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
export function superviseSession(session: ServerHttp2Session, options: KeepaliveOptions): void {
  const timers = [pingTimer(session, options), idleTimer(session, options), ...ageTimers(session, options)];
  for (const timer of timers) timer?.unref();
  session.once('close', () => {
    for (const timer of timers) clearTimeout(timer);
  });
}

function pingTimer(session: ServerHttp2Session, { timeMs, timeoutMs }: KeepaliveOptions): NodeJS.Timeout | undefined {
  if (timeMs === undefined) return undefined;
  return setInterval(() => {
    const deadline = setTimeout(() => session.destroy(), timeoutMs);
    deadline.unref();
    if (!session.destroyed) session.ping(() => clearTimeout(deadline));
  }, timeMs);
}

function idleTimer(session: ServerHttp2Session, { connectionIdleMaxMs }: KeepaliveOptions): NodeJS.Timeout | undefined {
  if (connectionIdleMaxMs === undefined) return undefined;
  let open = 0;
  const timer = setTimeout(() => {
    if (open > 0) return;
    session.close();
    // A peer that never ends the headers of a call holds its connection open.
    setTimeout(() => session.destroy(), Math.min(IDLE_GRACE_MS, connectionIdleMaxMs)).unref();
  }, connectionIdleMaxMs);
  session.on('stream', (stream) => {
    open += 1;
    stream.once('close', () => {
      open -= 1;
      if (open === 0) timer.refresh();
    });
  });
  return timer;
}

function ageTimers(session: ServerHttp2Session, options: KeepaliveOptions): NodeJS.Timeout[] {
  const { connectionAgeMaxMs, connectionAgeGraceMs } = options;
  if (connectionAgeMaxMs === undefined) return [];
  return [
    setTimeout(() => session.close(), connectionAgeMaxMs),
    setTimeout(() => session.destroy(), connectionAgeMaxMs + connectionAgeGraceMs),
  ];
}
