import { SECOND_MS } from '../../kernel/time.ts';
import { utf8Bytes } from '../../kernel/utf8.ts';
import { fingerprint32 } from './fingerprint.ts';

/** From 1 January of the year 1 to that of 1970. */
const EPOCH_SECONDS = 62_135_596_800;

/** Of the binary form of a time: version, seconds, nanoseconds, offset. */
const TIME_BYTES = 15;

const JITTER_MS_MAX = 0xffff_ffff;

/**
 * How much later than its nominal time (a whole second) an action is due, from 0 to `maxMs`: always the same for the same
 * time and seed. Temporal: worker/scheduler/spec.go, addJitter, which hashes Go's binary form of the time and the seed.
 */
export function jitterMs(seed: string, nominalMs: number, maxMs: number): number {
  if (maxMs <= 0) return 0;
  const text = utf8Bytes(seed);
  const bytes = new Uint8Array(TIME_BYTES + text.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = 1;
  view.setBigInt64(1, BigInt(nominalMs / SECOND_MS + EPOCH_SECONDS));
  // No nanoseconds; -1 stands for UTC.
  view.setInt16(13, -1);
  bytes.set(text, TIME_BYTES);
  const share = BigInt(fingerprint32(bytes)) * BigInt(Math.floor(Math.min(maxMs, JITTER_MS_MAX)));
  return Number(share >> 32n);
}
