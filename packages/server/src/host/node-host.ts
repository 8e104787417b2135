import { randomFillSync } from 'node:crypto';
import type { Host, HostTimer, HttpReply, HttpRequest } from './host.ts';
import { createUuidSource } from './uuid.ts';

/**
 * The longest sleep of a timer in one piece. The wall clock may jump (suspended machine, corrected clock) while
 * `setTimeout` counts on a clock of its own: so late at most does a timer notice. Also keeps far below the 2^31 ms from
 * which `setTimeout` fires at once.
 */
const SLEEP_MAX_MS = 10_000;

/** The host of a real server. `now` is replaced by tests only. */
export function createNodeHost(now: () => number = Date.now): Host {
  const randomBytes = (length: number): Uint8Array => randomFillSync(new Uint8Array(length));
  return {
    now,
    setTimer: (atMs, callback) => setTimer(now, atMs, callback),
    defer: (callback) => void setImmediate(callback),
    randomBytes,
    uuid: createUuidSource(now, randomBytes),
    post,
  };
}

async function post({ url, headers, body, timeoutMs }: HttpRequest): Promise<HttpReply> {
  const signal = AbortSignal.timeout(timeoutMs);
  const reply = await fetch(url, { method: 'POST', headers: [...headers], body: Buffer.from(body), signal });
  // Nobody reads it; without that the connection would stay in use.
  await reply.body?.cancel();
  return { status: reply.status, statusText: reply.statusText, headers: new Map(reply.headers) };
}

function setTimer(now: () => number, atMs: number, callback: () => void): HostTimer {
  let handle: NodeJS.Timeout | undefined;
  const sleep = (): void => {
    const delayMs = Math.min(Math.max(atMs - now(), 0), SLEEP_MAX_MS);
    handle = setTimeout(wake, Math.ceil(delayMs));
  };
  const wake = (): void => {
    if (now() < atMs) sleep();
    else callback();
  };
  sleep();
  return { cancel: () => clearTimeout(handle) };
}
