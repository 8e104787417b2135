import type { AttemptRecord, Journal, StartRecord } from '../journal.ts';
import type { Program } from '../model/program.ts';
import { EventType, type HistoryEvent, int64, milliseconds, typeName, valueOf } from '../wire.ts';
import { closingEvent, historyViolations } from './history-rules.ts';
import { digests, type RunRecord } from './runs.ts';

/** Everything in which a server's runs differ from what it has acknowledged, in words. Every run has to have closed. */
export function violationsOf(journal: Journal, runs: readonly RunRecord[]): string[] {
  const byId = Map.groupBy(runs, ({ workflowId }) => workflowId);
  const found = [...journal.violations, ...runs.flatMap(runViolations), ...strangers(journal, byId)];
  for (const [workflowId, chain] of byId) found.push(...overlaps(workflowId, chain));
  for (const start of journal.starts) found.push(...startViolations(start, byId.get(start.workflowId) ?? []));
  for (const { workflowId, runIds } of journal.races) {
    const there = (byId.get(workflowId) ?? []).map(({ runId }) => runId);
    for (const runId of runIds) {
      if (!there.includes(runId)) found.push(`${workflowId}: the acknowledged run ${runId} is not there`);
    }
  }
  found.push(...signalViolations(journal, byId), ...endViolations(journal, byId));
  found.push(...completionViolations(journal, runs), ...prefixViolations(journal, runs));
  return found;
}

function runViolations({ workflowId, runId, status, history }: RunRecord): string[] {
  const violations = historyViolations(history);
  const close = closingEvent(history);
  if (close === undefined) violations.push(`never closed; it ends with ${history.slice(-4).map(typeName).join(', ')}`);
  else if (STATUS_OF_CLOSE.get(close.eventType ?? 0) !== status) {
    violations.push(`is listed with status ${status}, but ended with ${typeName(close)}`);
  }
  return violations.map((violation) => `${workflowId} ${runId}: ${violation}`);
}

/** WorkflowExecutionStatus by the event that closes a run. */
const STATUS_OF_CLOSE: ReadonlyMap<number, number> = new Map([
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, 2],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED, 4],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED, 5],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW, 6],
]);

/** Workflows that nobody asked for. */
function strangers(journal: Journal, byId: ReadonlyMap<string, unknown>): string[] {
  const known = new Set(journal.races.map(({ workflowId }) => workflowId));
  for (const { workflowId, program } of journal.starts) {
    known.add(workflowId);
    if (program.kind === 'parent') for (const child of program.children) known.add(child);
  }
  return [...byId.keys()].filter((id) => !known.has(id)).map((id) => `${id}: nobody has started this workflow`);
}

/** Of the runs of an id, one is open at a time, and each that was continued has its successor. */
function overlaps(workflowId: string, runs: readonly RunRecord[]): string[] {
  const violations: string[] = [];
  const ordered = runs.toSorted((a, b) => startMs(a) - startMs(b));
  for (const [index, run] of ordered.entries()) {
    const next = ordered[index + 1];
    if (next !== undefined && startMs(next) < milliseconds(run.history.at(-1)?.eventTime)) {
      violations.push(`${workflowId}: run ${next.runId} began while ${run.runId} was open`);
    }
    const successor = closingEvent(run.history)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
    if (typeof successor !== 'string') continue;
    const after = runs.find(({ runId }) => runId === successor);
    const origin = after?.history[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
    if (origin !== run.runId) violations.push(`${workflowId}: run ${run.runId} was not continued by ${successor}`);
  }
  return violations;
}

function startMs(run: RunRecord): number {
  return milliseconds(run.history[0]?.eventTime);
}

/** An acknowledged start is there, once: the chain that it began, and its children. */
function startViolations(start: StartRecord, runs: readonly RunRecord[]): string[] {
  const { workflowId, program } = start;
  if (!start.isAcknowledged && runs.length === 0) return [];
  const violations: string[] = [];
  const expected = program.kind === 'chain' ? program.runsLeft + 1 : 1;
  if (runs.length !== expected) violations.push(`${workflowId}: ${runs.length} runs, not ${expected}`);
  if (start.runId !== undefined && !runs.some(({ runId }) => runId === start.runId)) {
    violations.push(`${workflowId}: the acknowledged run ${start.runId} is not there`);
  }
  for (const run of runs) {
    const input = valueOf<Program>(run.history[0]?.workflowExecutionStartedEventAttributes?.input);
    if (input.kind !== program.kind) violations.push(`${workflowId}: a run has the input ${JSON.stringify(input)}`);
  }
  return violations;
}

/** An acknowledged signal is there once, any other at most once; those of a sender are there in its order. */
function signalViolations(journal: Journal, byId: ReadonlyMap<string, readonly RunRecord[]>): string[] {
  const violations: string[] = [];
  for (const [workflowId, sent] of Map.groupBy(journal.signals, (signal) => signal.workflowId)) {
    const runs = (byId.get(workflowId) ?? []).toSorted((a, b) => startMs(a) - startMs(b));
    const there = runs.flatMap(({ history }) => history.flatMap(signalMarkers));
    const expected = sent.filter(({ marker }) => there.includes(marker)).map(({ marker }) => marker);
    for (const { marker, isAcknowledged } of sent) {
      if (isAcknowledged && !there.includes(marker)) violations.push(`${workflowId}: signal ${marker} is lost`);
    }
    if (there.join() !== expected.join()) {
      violations.push(`${workflowId}: signals ${there.join()}, sent as ${expected.join()}`);
    }
  }
  return violations;
}

function signalMarkers(event: HistoryEvent): string[] {
  const signaled = event.workflowExecutionSignaledEventAttributes;
  return signaled ? [valueOf<string>(signaled.input)] : [];
}

/** What was acknowledged as cancelled or terminated has ended so. */
function endViolations(journal: Journal, byId: ReadonlyMap<string, readonly RunRecord[]>): string[] {
  const violations: string[] = [];
  for (const { workflowId, manner, isAcknowledged } of journal.ends) {
    const history = byId.get(workflowId)?.[0]?.history ?? [];
    const requests = history.filter((event) => event.workflowExecutionCancelRequestedEventAttributes);
    const isTerminated = history.at(-1)?.eventType === EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED;
    const isAsAsked = manner === 'cancel' ? requests.length === 1 : isTerminated;
    if (isAcknowledged && !isAsAsked) violations.push(`${workflowId}: the acknowledged ${manner} is not there once`);
  }
  return violations;
}

/** Of each activity at most one result was acknowledged, and that is the one in its history; no result is invented. */
function completionViolations(journal: Journal, runs: readonly RunRecord[]): string[] {
  const violations: string[] = [];
  const attempts = Map.groupBy(journal.attempts, activityName);
  const results = new Map(runs.flatMap((run) => resultsOf(run)));
  for (const [name, ofActivity] of attempts) {
    const acknowledged = ofActivity.flatMap((attempt) => attempt.acknowledged);
    const result = results.get(name);
    if (acknowledged.length > 1) violations.push(`${name}: results ${acknowledged.join(' and ')} were accepted`);
    for (const marker of acknowledged) {
      if (result?.marker !== marker) violations.push(`${name}: ${marker} was acknowledged, not ${result?.marker}`);
    }
  }
  for (const [name, { marker, attempt }] of results) {
    const sender = attempts.get(name)?.find(({ sent }) => sent.has(marker));
    if (sender === undefined) violations.push(`${name}: nobody sent the result ${marker}`);
    else if (!marker.startsWith('by id') && sender.attempt !== attempt) {
      violations.push(`${name}: the result of attempt ${sender.attempt} stands for attempt ${attempt}`);
    }
  }
  return violations;
}

function activityName({ workflowId, runId, activityId }: AttemptRecord): string {
  return `${workflowId} ${runId}/${activityId}`;
}

/** Per activity of a run that completed: its result, and the attempt that it started with. */
function resultsOf({ workflowId, runId, history }: RunRecord): [string, { marker: string; attempt: number }][] {
  return history.flatMap((event) => {
    const completed = event.activityTaskCompletedEventAttributes;
    if (!completed) return [];
    const scheduled = history[int64(completed.scheduledEventId) - 1]?.activityTaskScheduledEventAttributes;
    const started = history[int64(completed.startedEventId) - 1]?.activityTaskStartedEventAttributes;
    const name = `${workflowId} ${runId}/${scheduled?.activityId ?? ''}`;
    return [[name, { marker: valueOf<string>(completed.result), attempt: started?.attempt ?? 0 }]];
  });
}

/** What anybody has read of a history is still its beginning. */
function prefixViolations(journal: Journal, runs: readonly RunRecord[]): string[] {
  const violations: string[] = [];
  for (const { workflowId, runId, history } of runs) {
    const now = digests(history);
    for (const [index, read] of (journal.prefixes.get(runId) ?? []).entries()) {
      if (now[index] === read) continue;
      violations.push(`${workflowId} ${runId}: event ${index + 1} was ${read} and is ${now[index] ?? 'gone'}`);
      break;
    }
  }
  return violations;
}
