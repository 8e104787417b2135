import { DeadlineQueue } from '../kernel/deadline-queue.ts';
import { noMap, noSet } from '../kernel/nothing.ts';
import type { Activity } from './activity/activity.ts';
import type { CompletionCallback } from './callback/callback.ts';
import type { Watcher } from './callback/watcher.ts';
import type { Child } from './child/child.ts';
import type { Closing } from './close/closing.ts';
import type { ExternalRequest } from './external/external-request.ts';
import type { ExternalPayloads } from './external-payloads.ts';
import { newFleeting, type Fleeting } from './fleeting.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { WorkflowTask } from './task/workflow-task.ts';
import { newWorkflowTask } from './task/workflow-task.ts';
import type { Timer } from './timer/timer.ts';
import { newUpdates, type Updates } from './update/update.ts';
import type { HistoryEvent } from '@perdure/proto/types';

/**
 * One run of a workflow: everything that its history and the changes beside it have made so. Plain data, `derived`
 * aside; only `apply` writes to it, and each slice belongs to the machine of its folder.
 */
export interface Run {
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly runId: string;
  /** The id that the next event gets; the history holds 1 to nextEventId - 1. */
  nextEventId: number;
  /** Bytes of the encoded history. */
  historySizeBytes: number;
  /** What the history refers to in storage elsewhere; undefined for nothing. */
  externalPayloads: ExternalPayloads | undefined;
  /** Number of transitions so far. */
  transitionCount: number;
  readonly lifecycle: Lifecycle;
  readonly task: WorkflowTask;
  /** Events that came while a workflow task ran, in order of arrival; they get ids when it is over. */
  buffer: HistoryEvent[];
  bufferSizeBytes: number;
  /** How many of the next events come out of the buffer: their effects on the state have happened already. */
  flushing: number;
  /** Pending activities by scheduled event id. */
  activities: Map<number, Activity>;
  /** Pending timers by timer id. */
  timers: Map<string, Timer>;
  /** Pending children by initiated event id. */
  children: Map<number, Child>;
  /** What is on its way to others: starts of children, signals, cancel requests; by initiated event id. */
  externals: Map<number, ExternalRequest>;
  /** Signals received: how many, and the request ids that came with them. */
  signalCount: number;
  signalRequestIds: Set<string>;
  readonly updates: Updates;
  /** Who is told of the close; undefined where nobody is. */
  watchers: readonly Watcher[] | undefined;
  /** Who is called back once the chain has ended; undefined where nobody is. */
  callbacks: readonly CompletionCallback[] | undefined;
  /** What a closed run still owes to others; undefined while it is open. */
  closing: Closing | undefined;
  readonly derived: Derived;
  readonly fleeting: Fleeting;
}

/** Indexes over the rest of the state: never stored, rebuilt on load. */
export interface Derived {
  readonly deadlines: DeadlineQueue<DeadlineKey>;
  /** Scheduled event ids of pending activities by activity id. */
  activityIds: Map<string, number>;
  /** Bytes of what pending activities have reported: heartbeats and failures. */
  activityBytes: number;
}

/** Whose deadline it is: a fixed one of the run, a timer's or an activity's. */
export type DeadlineKey = 'workflowTask' | 'firstTask' | 'runTimeout' | 'executionTimeout' | `timer:${string}` | number;

/** The ids that name a run. */
export interface RunIds {
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly runId: string;
}

/** A run before its first event. */
export function newRun(ids: RunIds, lifecycle: Lifecycle): Run {
  return {
    namespaceId: ids.namespaceId,
    workflowId: ids.workflowId,
    runId: ids.runId,
    nextEventId: 1,
    historySizeBytes: 0,
    externalPayloads: undefined,
    transitionCount: 0,
    lifecycle,
    task: newWorkflowTask(),
    buffer: [],
    bufferSizeBytes: 0,
    flushing: 0,
    activities: noMap(),
    timers: noMap(),
    children: noMap(),
    externals: noMap(),
    signalCount: 0,
    signalRequestIds: noSet(),
    updates: newUpdates(),
    watchers: undefined,
    callbacks: undefined,
    closing: undefined,
    derived: { deadlines: new DeadlineQueue(), activityIds: noMap(), activityBytes: 0 },
    fleeting: newFleeting(),
  };
}

/** True until the run has its close event. */
export function isOpen(run: Run): boolean {
  return run.lifecycle.closedAtMs === undefined;
}
