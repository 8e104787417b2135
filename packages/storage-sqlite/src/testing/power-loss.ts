import { readFileSync, writeFileSync } from 'node:fs';

/** One page in the log. SQLite: sqlite.org/fileformat2.html, "The Write-Ahead Log". */
export interface LogFrame {
  readonly offset: number;
  readonly sizeBytes: number;
  /** Ends a transaction: with it and all frames before, the transaction counts. */
  readonly isCommit: boolean;
}

/** What stands in the log behind the cut: nothing, or what a disk leaves of a write that did not end. */
export type CutTail = 'missing' | 'zeros' | 'noise';

const LOG_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/** The frames in a log (the bytes of `<file>-wal`) that belong to its present run; older ones may stand behind them. */
export function logFrames(log: Buffer): LogFrame[] {
  if (log.length < LOG_HEADER_BYTES) return [];
  const sizeBytes = FRAME_HEADER_BYTES + log.readUInt32BE(8);
  const frames: LogFrame[] = [];
  for (let offset = LOG_HEADER_BYTES; offset + sizeBytes <= log.length; offset += sizeBytes) {
    const isOfThisRun = log.subarray(16, 24).equals(log.subarray(offset + 8, offset + 16));
    if (!isOfThisRun) break;
    frames.push({ offset, sizeBytes, isCommit: log.readUInt32BE(offset + 4) !== 0 });
  }
  return frames;
}

/** Sizes to cut a log to: before its first frame, at each end of a frame, and inside its header and its page. */
export function powerCuts(log: Buffer): number[] {
  const cuts = [0, LOG_HEADER_BYTES - 1, LOG_HEADER_BYTES];
  for (const { offset, sizeBytes } of logFrames(log)) {
    for (const inside of [FRAME_HEADER_BYTES / 2, FRAME_HEADER_BYTES, sizeBytes / 2, sizeBytes - 1, sizeBytes]) {
      cuts.push(offset + inside);
    }
  }
  return cuts;
}

/** A store's file and its log, as bytes. */
export interface StoreImage {
  readonly file: Buffer;
  readonly log: Buffer;
}

/**
 * What a store has on the disk now. For a file of another process, or one of this process that is not used any more
 * afterwards: to read a file drops the locks that this process holds on it (POSIX).
 */
export function readImage(file: string): StoreImage {
  return { file: readFileSync(file), log: readFileSync(`${file}-wal`) };
}

/**
 * Writes a store as a power failure would leave it, the log cut to a size. Returns how many transactions, from the last
 * one back, it thereby loses: those whose frames are not all there as they were.
 */
export function writeCut(target: string, image: StoreImage, sizeBytes: number, tail: CutTail = 'missing'): number {
  const log = Buffer.from(tail === 'missing' ? image.log.subarray(0, sizeBytes) : image.log);
  if (tail === 'zeros') log.fill(0, sizeBytes);
  if (tail === 'noise') for (let at = sizeBytes; at < log.length; at++) log[at] = ~(log[at] ?? 0);
  writeFileSync(target, image.file);
  writeFileSync(`${target}-wal`, log);
  const commitEnds = logFrames(image.log).flatMap((frame) => (frame.isCommit ? [frame.offset + frame.sizeBytes] : []));
  return commitEnds.filter((end) => !image.log.subarray(0, end).equals(log.subarray(0, end))).length;
}
