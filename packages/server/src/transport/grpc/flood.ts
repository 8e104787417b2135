import { constants, type ServerHttp2Session } from 'node:http2';

/**
 * Frames that each ask for an answer (PING, SETTINGS) and that a peer may send at once, and how many more each second. The
 * clients of gRPC send one in seconds, or one for each reply while they measure the connection.
 */
const CONTROL_FRAMES_MAX = 1_000;
const CONTROL_FRAMES_PER_SECOND = 100;

/** Closes a connection whose peer floods it with frames that carry nothing. Resets of calls are bounded by Node.js. */
export function boundControlFrames(session: ServerHttp2Session): void {
  let left = CONTROL_FRAMES_MAX;
  let filledAt = performance.now();
  const count = (): void => {
    const now = performance.now();
    left = Math.min(CONTROL_FRAMES_MAX, left + ((now - filledAt) / 1_000) * CONTROL_FRAMES_PER_SECOND) - 1;
    filledAt = now;
    if (left < 0 && !session.destroyed) session.destroy(undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM);
  };
  session.on('ping', count);
  session.on('remoteSettings', count);
}
