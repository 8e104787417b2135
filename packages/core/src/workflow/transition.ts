import { EventType } from '@perdure/proto/enums';
import type { HistoryEvent, Priority, Timestamp, UpdateOutcome } from '@perdure/proto/types';
import type { CommonEffect } from '../aggregate/machine.ts';
import { assert } from '../kernel/assert.ts';
import type { Env } from '../kernel/env.ts';
import type { Rejection } from '../kernel/rejection.ts';
import { toTimestamp } from '../kernel/time.ts';
import { apply } from './apply.ts';
import type { Change, VolatileChange } from './change.ts';
import { applyFleeting, type FleetingChange } from './fleeting.ts';
import type { Run } from './run.ts';
import type { SizeWarning } from './size-warnings.ts';
import { recordSpeculation } from './task/recording.ts';

/** What has to happen outside the run. */
export type Effect =
  | CommonEffect
  /** Find a poller for a workflow task; without one it goes to the backlog. */
  | { readonly kind: 'offerWorkflowTask'; readonly run: Run; readonly task: TaskOffer }
  /** Find a poller for an activity task; without one it goes to the backlog. */
  | { readonly kind: 'offerActivityTask'; readonly run: Run; readonly task: TaskOffer }
  /** Somebody should know of a size. */
  | { readonly kind: 'sizeWarning'; readonly run: Run; readonly warning: SizeWarning }
  /** The workflow has taken an update up. */
  | { readonly kind: 'updateAccepted'; readonly run: Run; readonly updateId: string }
  /** An update has come to its end: those who wait for it get this. */
  | {
      readonly kind: 'updateSettled';
      readonly run: Run;
      readonly updateId: string;
      readonly outcome: UpdateOutcome | Rejection;
    };

/** A task that waits for a poller. The stamp tells it from earlier offers of the same task. */
export interface TaskOffer {
  readonly queue: string;
  /** Set for a sticky queue: the normal queue, which takes the task when the sticky worker is gone. */
  readonly normalQueue: string | undefined;
  readonly scheduledEventId: number;
  readonly stamp: number;
  /** Its place among the tasks of its queue. */
  readonly priority: Priority | undefined;
  /** The task is not on record: its offer is to be kept in memory only. */
  readonly speculative?: true;
}

/** A part of a history, encoded, that a run has from another one. */
export interface InheritedRow {
  readonly firstEventId: number;
  readonly events: Uint8Array;
}

/** An event before it gets its id; its time is that of the transition unless it says otherwise. */
export type NewEvent = Omit<HistoryEvent, 'eventId'>;

/** One step of one aggregate: the runs that it changes, and what follows outside of them. */
export class Step {
  readonly env: Env;
  readonly transitions: Transition[] = [];
  readonly effects: Effect[] = [];
  /** A run has ended because it has outgrown a limit: whoever wanted something of it is refused all the same. */
  endsAtLimit = false;

  constructor(env: Env) {
    this.env = env;
  }

  /** The transition of a run in this step. */
  on(run: Run): Transition {
    const known = this.transitions.find((transition) => transition.run === run);
    if (known !== undefined) return known;
    return this.#add(new Transition(this, run));
  }

  /** The transition in which a run begins that has its first events from another one. */
  inherit(run: Run, rows: readonly InheritedRow[]): Transition {
    return this.#add(new Transition(this, run, rows));
  }

  #add(transition: Transition): Transition {
    this.transitions.push(transition);
    return transition;
  }
}

/** Collects what a step does to one run. Each change is applied as it is recorded, so that later ones build on it. */
export class Transition {
  readonly step: Step;
  readonly run: Run;
  readonly changes: Change[] = [];
  /** The history with which the run begins, of another run, in rows as that had them. */
  readonly inherited: readonly InheritedRow[];
  /** Something has changed that is in memory only. */
  hasFleeting = false;

  constructor(step: Step, run: Run, inherited: readonly InheritedRow[] = []) {
    this.step = step;
    this.run = run;
    this.inherited = inherited;
  }

  get env(): Env {
    return this.step.env;
  }

  /** Appends an event to the history and returns its id. */
  append(event: NewEvent): number {
    recordSpeculation(this);
    const eventId = this.run.nextEventId;
    const complete: HistoryEvent = { ...event, eventTime: this.#timeOf(event), eventId };
    this.#record({ kind: 'event', event: complete, bytes: this.env.encodeEvent(complete) });
    return eventId;
  }

  /** Appends an event that did not come from the workflow task at work; while one is, the event is held back. */
  appendOrBuffer(event: NewEvent): void {
    if (this.run.task.phase !== 'started') {
      this.append(event);
      return;
    }
    this.buffer(event);
  }

  /** Holds an event back: it has its effect now, and its id once the workflow task is over. */
  buffer(event: NewEvent): void {
    const timed = { ...event, eventTime: this.#timeOf(event) };
    this.note({ kind: 'buffered', event: timed, sizeBytes: this.env.encodeEvent(timed).length });
  }

  #timeOf({ eventTime }: NewEvent): Timestamp {
    return eventTime ?? toTimestamp(this.env.nowMs);
  }

  /** Records a change that is no event. */
  note(change: VolatileChange): void {
    recordSpeculation(this);
    this.#record(change);
  }

  /** Brings about what is in memory only. */
  applyFleeting(change: FleetingChange): void {
    this.hasFleeting = true;
    applyFleeting(this.run, change);
  }

  emit(effect: Effect): void {
    this.step.effects.push(effect);
  }

  /** Gives the buffered events their ids: in order of arrival, those that close an activity or a child last. */
  flushBuffer(): void {
    const buffered = this.run.buffer;
    if (buffered.length === 0) return;
    const ordered = [...buffered.filter((event) => !closesPending(event)), ...buffered.filter(closesPending)];
    this.note({ kind: 'flushed', count: ordered.length });
    const startedIds = new Map<number, number>();
    for (const event of ordered) {
      const eventId = this.append(withStartedId(event, startedIds));
      const opened = startedOf(event);
      if (opened !== undefined) startedIds.set(opened, eventId);
    }
    assert(this.run.flushing === 0 && this.run.buffer.length === 0, 'a flush empties the buffer');
  }

  #record(change: Change): void {
    this.changes.push(change);
    apply(this.run, change);
  }
}

/** Events that end an activity or a child are moved behind the others, so that a signal is seen before them. */
const CLOSING_EVENTS: ReadonlySet<EventType> = new Set<EventType>([
  EventType.ActivityTaskCompleted,
  EventType.ActivityTaskFailed,
  EventType.ActivityTaskTimedOut,
  EventType.ActivityTaskCanceled,
  EventType.ChildWorkflowExecutionCompleted,
  EventType.ChildWorkflowExecutionFailed,
  EventType.ChildWorkflowExecutionTimedOut,
  EventType.ChildWorkflowExecutionCanceled,
  EventType.ChildWorkflowExecutionTerminated,
]);

function closesPending(event: HistoryEvent): boolean {
  return CLOSING_EVENTS.has(event.eventType ?? EventType.Unspecified);
}

/** What a started event has started: the scheduled or initiated event. */
function startedOf(event: HistoryEvent): number | undefined {
  return (
    event.activityTaskStartedEventAttributes?.scheduledEventId ??
    event.childWorkflowExecutionStartedEventAttributes?.initiatedEventId
  );
}

/** Wires a closing event to the started event that came out of the same buffer, whose id was not known before. */
function withStartedId(event: HistoryEvent, startedIds: ReadonlyMap<number, number>): HistoryEvent {
  if (!closesPending(event)) return event;
  for (const [field, attributes] of Object.entries(event) as [string, unknown][]) {
    if (!field.endsWith('EventAttributes') || typeof attributes !== 'object' || attributes === null) continue;
    const reference =
      (attributes as ClosingAttributes).scheduledEventId ?? (attributes as ClosingAttributes).initiatedEventId;
    const startedEventId = reference === undefined ? undefined : startedIds.get(reference);
    if (startedEventId !== undefined) return { ...event, [field]: { ...attributes, startedEventId } };
  }
  return event;
}

interface ClosingAttributes {
  readonly scheduledEventId?: number;
  readonly initiatedEventId?: number;
}
