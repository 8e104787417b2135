import type { LoadPrograms } from '../load/load.ts';
import type { Launch } from '../system/server-process.ts';

/** Values of Temporal's dynamic configuration. */
export type Settings = Readonly<Record<string, number>>;

/** A server that can be measured. */
export interface Peer {
  readonly name: string;
  /** How many times slower than the first peer it may be thought to be: its share of the work is that much less. */
  readonly slowness: number;
  /** Names of the measurements that it has no like for. */
  readonly leavesOut?: readonly string[];
  /** Undefined where it is not installed. */
  find(): Installation | undefined;
}

export interface Installation {
  /** What to run for a server on a folder, which it may find empty or as it left it. */
  launch(folder: string, port: number, settings?: Settings): Launch;
  /** What a new server needs before it can be used. */
  prepare(address: string): Promise<void>;
  /** What puts a load on the server of a port. */
  programs(port: number): LoadPrograms;
}
