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
  // Where the address sends it on to, nobody has allowed; and most redirects would come there without the body.
  const redirect = 'manual';
  const reply = await fetch(url, { method: 'POST', headers: [...headers], body: Buffer.from(body), signal, redirect });
  const said = await readBody(reply);
  return { status: reply.status, statusText: reply.statusText, headers: new Map(reply.headers), body: said };
}

/** Bytes of an answer that are read. */
const BODY_SIZE_BYTES_MAX = 16 * 1024;

/** The body of a refusal. What nobody reads is cancelled: the connection would stay in use. */
async function readBody({ ok, body }: Response): Promise<Uint8Array> {
  if (ok || body === null) {
    await body?.cancel();
    return new Uint8Array(0);
  }
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  // Leaving the loop early cancels the rest.
  for await (const part of body as AsyncIterable<Uint8Array>) {
    sizeBytes += part.length;
    if (sizeBytes > BODY_SIZE_BYTES_MAX) return new Uint8Array(0);
    parts.push(part);
  }
  return Buffer.concat(parts);
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
