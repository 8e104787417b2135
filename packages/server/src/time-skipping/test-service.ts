import { durationMsOrZero, reject, timestampMs, toTimestamp } from '@perdure/core';
import { ServiceName } from '@perdure/proto';
import type { SleepRequest, SleepUntilRequest } from '@perdure/proto/types';
import type { CallContext, Handler, HandlerTable, Reply } from '../rpc/handler.ts';
import { isCallerGone } from '../rpc/long-poll.ts';
import type { TimeSkipping } from './time-skipping.ts';

/** The handlers of TestService: what tests move the clock with. */
export function testServiceHandlers(time: TimeSkipping): HandlerTable {
  const sleep = async (atMs: number, context: CallContext): Promise<Reply> => {
    await time.sleepUntil(atMs, context.signal);
    return isCallerGone(context) ? reject.canceled('context canceled') : { message: {} };
  };
  const methods: Record<string, Handler<never>> = {
    GetCurrentTime: () => ({ message: { time: toTimestamp(time.now()) } }),
    LockTimeSkipping: () => {
      time.lock();
      return { message: {} };
    },
    UnlockTimeSkipping: () => time.unlock() ?? { message: {} },
    Sleep: ({ duration }: SleepRequest, context) => sleep(time.now() + durationMsOrZero(duration), context),
    SleepUntil: ({ timestamp }: SleepUntilRequest, context) => sleep(timestampMs(timestamp) ?? 0, context),
    UnlockTimeSkippingWithSleep: async ({ duration }: SleepRequest, context) => {
      const atMs = time.now() + durationMsOrZero(duration);
      const refusal = time.unlock();
      if (refusal !== undefined) return refusal;
      try {
        return await sleep(atMs, context);
      } finally {
        time.lock();
      }
    },
  };
  return new Map(Object.entries(methods).map(([name, handler]) => [`/${ServiceName.Test}/${name}`, handler]));
}
