import type { HistoryEvent } from '@perdure/proto/types';
import type { ActivityChange } from './activity/activity.ts';
import type { CallbackChange } from './callback/callback.ts';
import type { WatcherChange } from './callback/watcher.ts';
import type { ClosingChange } from './close/closing.ts';
import type { LifecycleChange } from './lifecycle.ts';
import type { WorkflowTaskChange } from './task/workflow-task.ts';
import type { UpdateChange } from './update/update.ts';

/**
 * The one vocabulary in which state changes. Events are what users see; the volatile kinds are what the history does not
 * record. Plain data: a log row holds them, and applying the same changes in order gives the same state.
 */
export type Change = EventChange | VolatileChange;

/** An event with its id, and its bytes as one entry of an encoded `History`. */
export interface EventChange {
  readonly kind: 'event';
  readonly event: HistoryEvent;
  readonly bytes: Uint8Array;
}

export type VolatileChange =
  | BufferChange
  | LifecycleChange
  | WorkflowTaskChange
  | ActivityChange
  | ClosingChange
  | WatcherChange
  | CallbackChange
  | UpdateChange;

export type BufferChange =
  /** An event came while a workflow task runs: it has its effect now and its id later. */
  | { readonly kind: 'buffered'; readonly event: HistoryEvent; readonly sizeBytes: number }
  /** The buffer is emptied: the next `count` events are those that were in it. */
  | { readonly kind: 'flushed'; readonly count: number }
  /** A timer that had fired into the buffer was cancelled by the workflow task that ran. */
  | { readonly kind: 'timerFiredDropped'; readonly timerId: string; readonly sizeBytes: number }
  /** The run closed over its buffer. */
  | { readonly kind: 'bufferDropped' };
