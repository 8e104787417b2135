import { EventType, TimeoutType } from '@perdure/proto/enums';
import type { HistoryEvent } from '@perdure/proto/types';
import { apply } from '../apply.ts';
import { blankRun } from '../rebuild.ts';
import type { Run, RunIds } from '../run.ts';

/**
 * A run as its history alone makes it: without what no event records, such as attempts and heartbeats. Takes the events
 * one by one, so that a long history can be read in parts.
 */
export class Replay {
  readonly run: Run;
  #last: HistoryEvent | undefined;
  #taskIsRetried = false;

  constructor(ids: RunIds) {
    this.run = blankRun(ids);
  }

  /** The last event taken. */
  get last(): HistoryEvent | undefined {
    return this.#last;
  }

  /** Whether a workflow task is pending. One that is tried again has no events yet. */
  get hasTask(): boolean {
    return this.run.task.phase !== 'none' || this.#taskIsRetried;
  }

  /** Takes the next event; `bytes` is the event as an entry of an encoded history. */
  add(event: HistoryEvent, bytes: Uint8Array): void {
    apply(this.run, { kind: 'event', event, bytes });
    this.#last = event;
    this.#taskIsRetried = isRetried(event) ?? this.#taskIsRetried;
  }
}

/** Whether a workflow task follows that has no event; undefined for an event that says nothing of it. */
function isRetried(event: HistoryEvent): boolean | undefined {
  switch (event.eventType) {
    case EventType.WorkflowTaskFailed:
      return true;
    case EventType.WorkflowTaskTimedOut:
      return event.workflowTaskTimedOutEventAttributes?.timeoutType === TimeoutType.StartToClose;
    case EventType.WorkflowTaskScheduled:
    case EventType.WorkflowExecutionPaused:
      return false;
    default:
      return undefined;
  }
}
