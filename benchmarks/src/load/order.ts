/** What a client process is to do. */
export interface Order {
  /** Activities one after the other, or all at once; their number is its argument. */
  readonly workflow: 'sequence' | 'fanOut';
  readonly activities: number;
  readonly count: number;
  readonly concurrency: number;
}

/** What came of it. */
export interface Durations {
  /** From start to result, of each workflow. */
  readonly durationsMs: readonly number[];
  /** From the first start to the last result. */
  readonly elapsedMs: number;
}
