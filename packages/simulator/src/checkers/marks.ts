import type { Change } from '@perdure/core';
import type { HistoryEvent } from '@perdure/proto/types';
import { hold } from '../kernel/violation.ts';
import { fromPayloads } from '../model/payload.ts';
import { activityEnd, nameOf, type RunRecord } from './run-record.ts';

/** What workers put into their answers, so that each answer is known again: unique to the call, not to its repetitions. */
export interface Marked {
  readonly mark: string;
}

/** Which answers of workers have become durable, and for which attempt of their activity. Each may do so once. */
export class Marks {
  readonly #attempts = new Map<string, number>();

  /** The attempt that the answer ended; undefined while it is not durable. */
  attemptOf(mark: string): number | undefined {
    return this.#attempts.get(mark);
  }

  note(record: RunRecord, change: Change): void {
    // What comes out of the buffer was noted when it went in.
    if (change.kind === 'event' && record.shadow.flushing > 0) return;
    const mark = markOf(change);
    if (mark === undefined) return;
    hold(!this.#attempts.has(mark), 9, () => `${nameOf(record)}: answer ${mark} is accepted twice`);
    this.#attempts.set(mark, record.shadow.activities.get(activityOf(change))?.attempt ?? 0);
  }
}

/** The scheduled event of the activity that the change is about. */
function activityOf(change: Change): number {
  if (change.kind === 'activityRetry') return change.id;
  const event = change.kind === 'event' || change.kind === 'buffered' ? change.event : {};
  return activityEnd(event)?.scheduledEventId ?? 0;
}

function markOf(change: Change): string | undefined {
  switch (change.kind) {
    case 'event':
    case 'buffered':
      return markOfEvent(change.event);
    case 'activityRetry':
      return change.failure?.applicationFailureInfo && change.failure.message;
    default:
      return undefined;
  }
}

function markOfEvent(event: HistoryEvent): string | undefined {
  const result = event.activityTaskCompletedEventAttributes?.result;
  if (result !== undefined) return (fromPayloads(result) as Marked).mark;
  const failure = event.activityTaskFailedEventAttributes?.failure;
  if (failure !== undefined) return failure.message;
  // Of an activity that was cancelled before it was started the server gives details of its own.
  const details = fromPayloads(event.activityTaskCanceledEventAttributes?.details);
  return typeof details === 'object' ? (details as Marked).mark : undefined;
}
