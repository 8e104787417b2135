import type { Change } from '@perdure/core';
import type { HistoryEvent } from '@perdure/proto/types';
import { hold } from '../kernel/violation.ts';
import { fromPayloads } from '../model/payload.ts';
import { nameOf, type RunRecord } from './run-record.ts';

/** What workers put into their answers, so that each answer is known again: unique to the call, not to its repetitions. */
export interface Marked {
  readonly mark: string;
}

/** Which answers of workers have become durable. Each may do so once. */
export class Marks {
  readonly #durable = new Set<string>();

  has(mark: string): boolean {
    return this.#durable.has(mark);
  }

  note(record: RunRecord, change: Change): void {
    // What comes out of the buffer was noted when it went in.
    if (change.kind === 'event' && record.shadow.flushing > 0) return;
    const mark = markOf(change);
    if (mark === undefined) return;
    hold(!this.#durable.has(mark), 9, () => `${nameOf(record)}: answer ${mark} is accepted twice`);
    this.#durable.add(mark);
  }
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
