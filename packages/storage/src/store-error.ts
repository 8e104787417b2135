/** Why a store refuses to go on. */
export const StoreFailure = {
  /** The disk is full: nothing was written. */
  Full: 'full',
  /** Another process holds the store. */
  Locked: 'locked',
  /** The file is damaged or no store at all. */
  Corrupt: 'corrupt',
  /** A newer version of the program wrote the store. */
  Newer: 'newer',
  /** A setting that the store cannot obey. */
  Setting: 'setting',
  /** A query of unbounded cost took longer than it may; a narrower one can succeed. */
  TooCostly: 'too-costly',
  /** Any other I/O failure. */
  Unavailable: 'unavailable',
} as const;
export type StoreFailure = (typeof StoreFailure)[keyof typeof StoreFailure];

/** An I/O failure of a store, with a message that a person can act on. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly failure: StoreFailure;
  /** Whether a commit that failed so may have been applied after all: the owner must reload before it serves again. */
  readonly outcomeUnknown: boolean;
  /** Whether the store does nothing more: every later call fails in the same way until the process starts anew. */
  readonly stopped: boolean;

  constructor(failure: StoreFailure, message: string, options: StoreErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.failure = failure;
    this.outcomeUnknown = options.outcomeUnknown ?? false;
    this.stopped = options.stopped ?? false;
  }
}

export interface StoreErrorOptions {
  readonly outcomeUnknown?: boolean;
  readonly stopped?: boolean;
  readonly cause?: unknown;
}
