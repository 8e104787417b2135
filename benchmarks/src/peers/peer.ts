import type { Launch } from '../system/server-process.ts';

/** A server that can be measured: one that speaks Temporal's protocol and runs as one process. */
export interface Peer {
  readonly name: string;
  /** How many times slower than the first peer it may be thought to be: its share of the work is that much less. */
  readonly slowness: number;
  /** Undefined where it is not installed. */
  find(): Installation | undefined;
}

export interface Installation {
  /** What to run for a server on a folder, which it may find empty or as it left it. */
  launch(folder: string, port: number): Launch;
  /** What a new server needs before it can be used. */
  prepare(address: string): Promise<void>;
}
