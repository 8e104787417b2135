import type { BadBinaryInfo, HistoryEvent, ScheduleListInfo } from '@perdure/proto/types';
import type { CustomAttributes } from '../visibility/index.ts';
import type { Limits } from './limits.ts';

/** What a transition may know of the world. Two transitions from the same state with the same `Env` are the same. */
export interface Env {
  /** Time in the shard, milliseconds since the epoch; never runs backwards. */
  readonly nowMs: number;
  /** Limits and defaults in force for the namespace, frozen for the transition. */
  readonly limits: Limits;
  readonly namespace: NamespaceView;
  /** A new UUID. */
  newId(): string;
  /** A new number, from 0 to below 1. */
  random(): number;
  /** The event as one entry of an encoded `History`; called once for each event. */
  encodeEvent(event: HistoryEvent): Uint8Array;
  /** What a list shows of a schedule, encoded: visibility keeps it in the row's memo. */
  encodeListInfo(info: ScheduleListInfo): Uint8Array;
  /** Resolves the namespace that a command names; undefined where there is none. Empty means the run's own. */
  namespaceByName(name: string): NamespaceView | undefined;
}

export interface NamespaceView {
  readonly id: string;
  readonly name: string;
  /** The search attributes that it has registered; none where absent. */
  readonly customAttributes?: CustomAttributes;
  /** How long closed runs are kept, in milliseconds; `Limits.retentionDefaultMs` where absent. */
  readonly retentionMs?: number;
  /** Binaries of workers that it has given up, by checksum; none where absent. */
  readonly badBinaries?: Readonly<Record<string, BadBinaryInfo>>;
}

/** What is said of a binary that the namespace has given up; undefined of any other. */
export function badBinaryOf({ badBinaries }: NamespaceView, checksum: string): BadBinaryInfo | undefined {
  return badBinaries !== undefined && Object.hasOwn(badBinaries, checksum) ? badBinaries[checksum] : undefined;
}
