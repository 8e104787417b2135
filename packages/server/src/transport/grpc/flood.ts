import { constants, type ServerHttp2Session } from 'node:http2';
import type { TransportBounds } from '../bounds.ts';

/** Closes a connection whose peer floods it with frames that carry nothing. Resets of calls are bounded by Node.js. */
export function boundControlFrames(
  session: ServerHttp2Session,
  { controlFramesMax, controlFramesPerSecond }: TransportBounds,
): void {
  let left = controlFramesMax;
  let filledAt = performance.now();
  const count = (): void => {
    const now = performance.now();
    left = Math.min(controlFramesMax, left + ((now - filledAt) / 1_000) * controlFramesPerSecond) - 1;
    filledAt = now;
    if (left < 0 && !session.destroyed) session.destroy(undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM);
  };
  session.on('ping', count);
  session.on('remoteSettings', count);
}
