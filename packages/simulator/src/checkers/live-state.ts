import {
  blankRun,
  isOpen,
  isPinned,
  reapply,
  scheduleIdOf,
  snapshotOf,
  wakeAtMs,
  withList,
  type Run,
} from '@perdure/core';
import { RunKind } from '@perdure/storage';
import { hold } from '../kernel/violation.ts';
import type { Engine, LoadedRun } from '@perdure/server/testing';
import type { DurableLog } from './durable-log.ts';
import { nameOf, type RunRecord } from './run-record.ts';
import { difference } from './same-state.ts';

/**
 * Compares every run in the memory of a server that has just died with what its log gives. A run with changes that were
 * not durable is left out. Gives the number of runs compared.
 */
export function checkLiveState(engine: Engine, log: DurableLog): number {
  let compared = 0;
  for (const record of log.runs) {
    const { namespaceId, id: workflowId, runId } = record.identity;
    // What is in memory is looked at at once; what is not would have to be read, which the dead do not.
    void engine.read({ namespaceId, workflowId }, runId, (loaded) => {
      if (loaded !== undefined && isDurable(loaded, record)) {
        compareLive(loaded, record);
        compared += 1;
      }
    });
  }
  return compared + checkLiveAggregates(engine, log);
}

function checkLiveAggregates(engine: Engine, { aggregates }: DurableLog): number {
  let compared = 0;
  for (const { identity, machine, shadow, sequence } of [...aggregates.schedules, ...aggregates.jobs]) {
    const { namespaceId, id, runId } = identity;
    const key =
      identity.kind === RunKind.Schedule ? { namespaceId, scheduleId: scheduleIdOf(id) } : { namespaceId, jobId: id };
    void engine.read(key, runId, (loaded) => {
      if (loaded === undefined || loaded.pending.length > 0 || loaded.sequence !== sequence) return;
      const snapshotOf = (state: typeof loaded.run): object => machine.snapshotOf(state as never);
      const found = difference(snapshotOf(loaded.run), snapshotOf(shadow));
      hold(found === undefined, 39, () => `${id}/${runId}: memory differs from the log: ${found}`);
      compared += 1;
    });
  }
  return compared;
}

function isDurable({ pending, sequence }: LoadedRun, record: RunRecord): boolean {
  return pending.length === 0 && sequence === record.sequence;
}

function compareLive({ run }: LoadedRun, record: RunRecord): void {
  const found = difference(snapshotOf(run), snapshotOf(record.shadow));
  hold(found === undefined, 39, () => `${nameOf(record)}: memory differs from the log: ${found}`);
  const ids = difference(run.derived.activityIds, record.shadow.derived.activityIds);
  hold(ids === undefined, 39, () => `${nameOf(record)}: activity ids differ: ${ids}`);
  // What is in memory only is due as well.
  if (isPinned(run)) return;
  const due = [wakeAtMs(run), wakeAtMs(record.shadow)];
  hold(due[0] === due[1], 39, () => `${nameOf(record)}: due at ${due[0]} in memory, at ${due[1]} by the log`);
}

const NO_BYTES = new Uint8Array(0);

/** Rebuilds a run from its events alone: what events decide must come out as with the changes beside them. */
export function checkHistoryAlone(record: RunRecord): void {
  const { shadow, events, identity } = record;
  // What a reset changes is in no event.
  if (shadow.buffer.length > 0 || record.base !== undefined) return;
  const rebuilt = blankRun({ namespaceId: identity.namespaceId, workflowId: identity.id, runId: identity.runId });
  reapply(
    rebuilt,
    events.map((event) => ({ kind: 'event', event, bytes: NO_BYTES })),
  );
  const found = difference(decidedByEvents(rebuilt), decidedByEvents(shadow));
  hold(found === undefined, 39, () => `${nameOf(record)}: history alone gives another state: ${found}`);
}

/** The part of a run that its history decides. What a closed run still owes is settled beside the history. */
function decidedByEvents(run: Run) {
  const { lifecycle, timers, activities, children, externals, task } = run;
  const {
    requestIds,
    firstTaskScheduled,
    start,
    owedReset,
    resetRunId,
    resets,
    resetPoints,
    deleteAtMs,
    searchAttributes,
    ...kept
  } = lifecycle;
  void owedReset;
  void resetRunId;
  void resets;
  void deleteAtMs;
  void requestIds;
  void firstTaskScheduled;
  return {
    lifecycle: kept,
    // Where a reset could not be done, none is tried again.
    resetPoints: resetPoints?.map(({ resettable: _, ...point }) => point),
    // Attempts after the first leave no event, nor does a user who holds an activity.
    searchAttributes: withList(withList(searchAttributes, 'TemporalReportedProblems', []), 'TemporalPauseInfo', []),
    start: isOpen(run) ? start : undefined,
    timers,
    activities: Array.from(
      activities.values(),
      ({ scheduledEventId, scheduled, firstScheduledAtMs, cancelRequestedEventId }) => ({
        scheduledEventId,
        scheduled,
        firstScheduledAtMs,
        cancelRequestedEventId,
      }),
    ),
    children: isOpen(run) ? children : undefined,
    externals,
    signalCount: run.signalCount,
    signalRequestIds: run.signalRequestIds,
    nextEventId: run.nextEventId,
    lastStartedEventId: task.lastStartedEventId,
    lastCompletedEventId: task.lastCompletedEventId,
  };
}
