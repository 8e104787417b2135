import type { AggregateState, Delivery, Limits, NamespaceView } from '@perdure/core';
import type { Store } from '@perdure/storage';
import type { Host } from '../host/host.ts';
import type { WaitingTask } from '../matching/backlog.ts';
import type { Matching } from '../matching/matching.ts';
import type { Poller } from '../matching/task-queue.ts';
import type { Aggregate } from './aggregate.ts';
import type { LoadedRun } from './loaded-run.ts';
import type { Shard } from './shard.ts';
import type { Updates } from './updates.ts';

/** Namespaces as the engine needs them. */
export interface NamespaceSource {
  /** The namespace of an id that a run carries; one that was deleted still has a view. */
  view(namespaceId: string): NamespaceView;
  limits(namespaceId: string): Limits;
  /** How long closed runs are kept, in milliseconds. */
  retentionMs(namespaceId: string): number;
  byName(name: string): NamespaceView | undefined;
}

/** What a shard needs of the engine around it. */
export interface ShardContext {
  readonly host: Host;
  readonly store: Store;
  readonly matching: Matching;
  readonly namespaces: NamespaceSource;
  /** There is something to write: a commit follows once the I/O at hand has been taken in. */
  wantsCommit(): void;
  /** Starts a task for a poller. */
  start(shard: Shard, task: WaitingTask, poller: Poller): void;
  deliver(from: Shard, sender: LoadedRun<AggregateState>, delivery: Delivery): void;
  /** Those who wait for updates. */
  readonly updates: Updates;
  /** The run has new durable events, or has closed. */
  onHistory(loaded: LoadedRun): void;
  /** The workflow may not leave memory: somebody waits for an answer of its worker. */
  isPinned(aggregate: Aggregate): boolean;
  /** The shard's memory cannot be trusted any more. */
  onLost(shard: Shard): void;
  /** Somebody should know of something that is well so far. */
  onWarning(message: string, fields: Readonly<Record<string, string | number>>): void;
  onStoreError(error: unknown): void;
  onBug(error: unknown, fields: Readonly<Record<string, string | number>>): void;
}
