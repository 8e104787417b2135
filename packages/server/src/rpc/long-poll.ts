import { reject, SECOND_MS, type Rejection } from '@perdure/core';
import type { Host } from '../host/host.ts';
import { CallEnd } from '../transport/call.ts';
import type { CallContext } from './handler.ts';
import { StopSource, type StopSignal } from '../host/stop-signal.ts';

/** A poll is answered so long before its caller's deadline, that the answer gets there. Temporal: frontend longPollTailRoom. */
const TAIL_ROOM_MS = SECOND_MS;

/** A poll with less time than this is refused. Temporal: common/util.go, MinLongPollTimeout. */
const TIMEOUT_MIN_MS = 2 * SECOND_MS;

/** Why a worker may not poll with this deadline. Temporal: common/util.go, ValidateLongPollContextTimeout. */
export function pollDeadlineRefusal(host: Host, { deadlineMs }: CallContext): Rejection | undefined {
  if (deadlineMs === undefined) return reject.invalidArgument('Context timeout is not set.');
  if (deadlineMs - host.now() < TIMEOUT_MIN_MS) return reject.failedPrecondition('Context timeout is too short.');
  return undefined;
}

/** A reason of its own: without one, each abort makes an error with a stack that nobody looks at. */
const OVER = 'the wait is over';

/**
 * Waits for at most `waitMs`, and less where the caller's deadline is near: `wait` is told by its signal that the time is
 * up, the caller is gone or the server is about to stop. `source` may end it from elsewhere.
 */
export function longPoll<T>(
  host: Host,
  context: CallContext,
  waitMs: number,
  wait: (signal: StopSignal) => Promise<T>,
  source = new StopSource(),
): Promise<T> {
  const untilMs = Math.min(host.now() + waitMs, (context.deadlineMs ?? Infinity) - TAIL_ROOM_MS);
  return waitUntil(host, context, untilMs, wait, source);
}

/** The same until that instant, whatever the caller's deadline. */
export async function waitUntil<T>(
  host: Host,
  { signal }: CallContext,
  untilMs: number,
  wait: (signal: StopSignal) => Promise<T>,
  source = new StopSource(),
): Promise<T> {
  const end = (): void => source.abort(OVER);
  if (signal.aborted || untilMs <= host.now()) end();
  signal.addEventListener('abort', end);
  const timer = host.setTimer(untilMs, end);
  try {
    return await wait(source);
  } finally {
    timer.cancel();
    signal.removeEventListener('abort', end);
    // Those who wait by this signal are let go.
    end();
  }
}

/** True if nobody is there any more to take a reply. */
export function isCallerGone({ signal }: CallContext): boolean {
  return signal.aborted && signal.reason !== CallEnd.Draining;
}
