import { isOpen, owes, wakeAtMs, type Run } from '@perdure/core';
import { hold } from '../kernel/violation.ts';
import { fromPayloads } from '../model/payload.ts';
import type { WorkflowResult } from '../model/program.ts';
import { Replay } from '../model/replay.ts';
import { nameOfAggregate, type AggregateRecord } from './aggregate-log.ts';
import type { DurableLog } from './durable-log.ts';
import { checkHistoryAlone } from './live-state.ts';
import { describeEvent, isCloseEvent, nameOf, type RunRecord } from './run-record.ts';
import { difference } from './same-state.ts';

/** True when every run has come to its end and owes nothing to others. */
export function isAllDone(log: DurableLog): boolean {
  for (const { shadow } of log.runs) if (!isDone(shadow)) return false;
  return undoneAggregates(log).length === 0;
}

/** Closed, and everybody has been told. */
function isDone(run: Run): boolean {
  return !isOpen(run) && !owes(run) && !(run.callbacks ?? []).some(({ progress }) => progress.nextAttemptAtMs);
}

function undoneAggregates({ aggregates }: DurableLog): readonly AggregateRecord[] {
  return ([...aggregates.all] as AggregateRecord[]).filter(
    ({ machine, shadow, removal }) => removal === undefined && (machine.isOpen(shadow) || machine.owes(shadow)),
  );
}

/** What is not done, for a report. */
export function describeUndone(log: DurableLog): string {
  const undone = [...log.runs].filter(({ shadow }) => !isDone(shadow));
  const lines = undone.map((record) => {
    const { task, activities, timers, children, externals } = record.shadow;
    const last = record.events.at(-1) ?? {};
    const pending = `${activities.size} activities, ${timers.size} timers, ${children.size} children, ${externals.size} on their way`;
    return `${nameOf(record)} at ${describeEvent(last)}, task ${task.phase} attempt ${task.attempt}, ${pending}`;
  });
  return [...lines, ...undoneAggregates(log).map(nameOfAggregate)].join('; ');
}

/** No deadline of any run lies before that instant. */
export function checkOverdue(log: DurableLog, beforeMs: number): void {
  for (const record of log.runs) {
    const dueAtMs = wakeAtMs(record.shadow) ?? Infinity;
    hold(dueAtMs >= beforeMs, 13, () => `${nameOf(record)} was due ${beforeMs - dueAtMs} ms before what may be late`);
  }
  for (const record of undoneAggregates(log)) {
    const dueAtMs = record.machine.wakeAtMs(record.shadow) ?? Infinity;
    hold(dueAtMs >= beforeMs, 13, () => `${nameOfAggregate(record)} was due ${beforeMs - dueAtMs} ms before that`);
  }
}

/** Checks each history as a whole, once it is at its end. */
export function checkHistories(log: DurableLog): void {
  for (const record of log.allRuns) {
    const closing = record.events.filter(isCloseEvent);
    hold(closing.length === 1, 6, () => `${nameOf(record)} has ${closing.length} close events`);
    checkReplay(record);
    checkHistoryAlone(record);
  }
}

/** Replay gives the commands that are recorded; a workflow that completed has seen every signal of its history. */
function checkReplay(record: RunRecord): void {
  const replay = new Replay(record.identity.id, record.identity.runId);
  replay.feed(record.events);
  replay.end();
  const completed = record.events.at(-1)?.workflowExecutionCompletedEventAttributes;
  if (completed === undefined) return;
  const { signals, outcomes } = fromPayloads(completed.result) as WorkflowResult;
  const { signals: received, outcomes: replayed } = replay.workflow.result;
  const same = signals.length === received.length && signals.every((id, index) => id === received[index]);
  hold(
    same,
    17,
    () => `${nameOf(record)} completed with ${signals.length} signals, its history has ${received.length}`,
  );
  const found = difference(outcomes, replayed);
  hold(found === undefined, 24, () => `${nameOf(record)}: with its worker's cache it came to another end: ${found}`);
}
