/** How often the disk does what. Probabilities, each of one operation. */
export interface DiskFaults {
  /** The commit is refused and nothing of it is there. */
  readonly commitFails: number;
  /** The commit ends in an error that does not say whether it was applied. */
  readonly commitUnknown: number;
  /** Another owner takes a shard just before the commit, which is fenced. */
  readonly shardStolen: number;
  /** The process dies over the commit: before it is applied, or after and before anybody hears of it. */
  readonly crashAtCommit: number;
  readonly readFails: number;
  /** The disk is full, and stays so for a while: nothing is written. */
  readonly fills: number;
  /** Shares of operations that take some time, and that take long; the rest settle at once or almost. */
  readonly slow: number;
  readonly verySlow: number;
}

export const NO_DISK_FAULTS: DiskFaults = {
  commitFails: 0,
  commitUnknown: 0,
  shardStolen: 0,
  crashAtCommit: 0,
  readFails: 0,
  fills: 0,
  slow: 0.2,
  verySlow: 0,
};

/** What becomes of one commit. */
export type Verdict = 'ok' | 'fails' | 'full' | 'unknown' | 'stolen' | 'crash';
