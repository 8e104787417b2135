import { blankRun, isOpen, owes, reapply, snapshotOf, wakeAtMs, workflowMachine, type Change } from '@perdure/core';
import type { LogRow, RunIdentity, RunWrite, ShardBatch } from '@perdure/storage';
import { hold, Violation } from '../kernel/violation.ts';
import { decodeSnapshot, decodeTransition } from '@perdure/server/testing';
import { AggregateLog, type AggregateSink } from './aggregate-log.ts';
import { checkSuccessor } from './chain-rules.ts';
import { checkChange, noteSignal } from './change-rules.ts';
import { checkRecorded } from './history-rules.ts';
import type { Removable, RemovalRules } from './removal-rules.ts';
import { expectedVisibility, nameOf, successorOf, timeOf, type RunRecord } from './run-record.ts';
import { difference } from './same-state.ts';

/** Is told of each change before it is applied. */
export interface ChangeSink extends AggregateSink {
  onChange(record: RunRecord, change: Change): void;
}

/**
 * The truth that everything else is checked against: what has become durable, batch by batch. Each change is checked
 * before it is applied to a state that is built beside the server's own.
 */
export class DurableLog {
  readonly #byKey = new Map<string, RunRecord>();
  readonly #byRunId = new Map<string, RunRecord>();
  readonly #byWorkflow = new Map<string, RunRecord[]>();
  readonly #sink: ChangeSink;
  readonly #removals: RemovalRules;
  /** Schedules and batch operations. */
  readonly aggregates: AggregateLog;
  /** Workflows for which an update was asked. */
  readonly #asked = new Set<string>();
  /** Rows written. */
  rows = 0;
  /** By how much the timer that fired latest was late, in milliseconds. */
  latestMs = 0;

  constructor(sink: ChangeSink, removals: RemovalRules) {
    this.#sink = sink;
    this.#removals = removals;
    this.aggregates = new AggregateLog(sink);
  }

  /** The runs that are there. */
  get runs(): Iterable<RunRecord> {
    return [...this.#byRunId.values()].filter(({ removal }) => removal === undefined);
  }

  /** Every run that ever was. */
  get allRuns(): Iterable<RunRecord> {
    return this.#byRunId.values();
  }

  /** How many removals there were. */
  get removals(): number {
    return this.#removals.count;
  }

  get runCount(): number {
    return this.#byRunId.size;
  }

  find(runId: string): RunRecord | undefined {
    return this.#byRunId.get(runId);
  }

  /** The runs of a workflow id, oldest first. */
  runsOf(namespaceId: string, workflowId: string): readonly RunRecord[] {
    return this.#byWorkflow.get(`${namespaceId}/${workflowId}`) ?? [];
  }

  /** Somebody asks for an update of the workflow. */
  noteAsked(namespaceId: string, workflowId: string): void {
    this.#asked.add(`${namespaceId}/${workflowId}`);
  }

  /** Takes in a batch that is durable from now on. Gives the runs that it has changed. */
  append(batch: ShardBatch): ReadonlySet<RunRecord> {
    const identities = new Map(batch.runs.map(({ run, identity }) => [run, identity]));
    const touched = new Set<RunRecord>();
    const isOther = (run: number): boolean => this.aggregates.owns(batch.shard, run, identities.get(run));
    const ofRuns = batch.log.filter((row) => !isOther(row.run));
    const rows = ofRuns.map((row) => ({ row, changes: decodeTransition(row) as Change[] }));
    for (const { row, changes } of rows)
      this.#noteReset(this.#record(batch.shard, row.run, identities.get(row.run)), changes);
    for (const { row, changes } of rows) {
      const record = this.#record(batch.shard, row.run, identities.get(row.run));
      touched.add(record);
      this.#appendRow(record, row, changes);
    }
    for (const row of batch.log) {
      if (isOther(row.run)) this.#appendOther(batch, row, identities.get(row.run));
    }
    for (const record of batch.visibilityPut) {
      if (!this.aggregates.index(record)) this.#index(record.runId, record);
    }
    for (const write of batch.runs) {
      if (isOther(write.run)) {
        const record = this.aggregates.checkWrite(batch.shard, write);
        this.#removals.noteWrite(record, record.machine, record.shadow, write);
      } else this.#checkWrite(batch.shard, write);
    }
    for (const record of touched) this.#checkChain(record, touched);
    for (const run of batch.runsRemove) this.#remove(batch.shard, run);
    return touched;
  }

  #appendOther(batch: ShardBatch, row: LogRow, identity: RunIdentity | undefined): void {
    this.rows += 1;
    this.aggregates.append(batch.shard, row, identity, batch.timeMs);
  }

  #remove(shard: number, key: number): void {
    const other = this.aggregates.remove(shard, key);
    if (other !== undefined) this.#removals.remove(other, other.machine, other.shadow);
    const record = this.#byKey.get(`${shard}/${key}`);
    if (record !== undefined) this.#removals.remove(record, workflowMachine, record.shadow);
    hold(record !== undefined || other !== undefined, 38, () => `run ${key}, which is not there, is removed`);
  }

  /** What should have been removed by that instant and is still there. */
  overdueForRemoval(nowMs: number): readonly string[] {
    return this.#left().flatMap((record) => ((record.removeAtMs ?? Infinity) <= nowMs ? [nameOf(record)] : []));
  }

  /** When the last of all that is there is due to go; undefined where something stays. */
  get lastRemovalAtMs(): number | undefined {
    const due = this.#left().map(({ removeAtMs }) => removeAtMs ?? Infinity);
    const lastAtMs = Math.max(0, ...due);
    return lastAtMs === Infinity ? undefined : lastAtMs;
  }

  /** What a namespace holds. */
  leftIn(namespaceId: string): readonly string[] {
    return this.#left().flatMap((record) => (record.identity.namespaceId === namespaceId ? [nameOf(record)] : []));
  }

  #left(): readonly Removable[] {
    return [...this.runs, ...this.aggregates.all].filter(({ removal }) => removal === undefined);
  }

  #record(shard: number, key: number, identity: RunIdentity | undefined): RunRecord {
    const known = this.#byKey.get(`${shard}/${key}`);
    if (known !== undefined) return known;
    if (identity === undefined) throw new Violation(39, `a row of run ${key}, which nothing names`);
    const { namespaceId, id: workflowId, runId } = identity;
    const record: RunRecord = {
      shard,
      key,
      identity,
      events: [],
      shadow: blankRun({ namespaceId, workflowId, runId }),
      sequence: 0,
      rowStartEventId: 1,
      visibility: undefined,
      removeAtMs: undefined,
      removal: undefined,
      isAsked: () => this.#asked.has(`${namespaceId}/${workflowId}`),
      base: undefined,
      admitted: new Map(),
      commandsOf: undefined,
      updates: new Map(),
      lastNumbers: new Map(),
      closedActivities: new Set(),
    };
    this.#byKey.set(`${shard}/${key}`, record);
    this.#byRunId.set(runId, record);
    const name = `${namespaceId}/${workflowId}`;
    this.#byWorkflow.set(name, [...(this.#byWorkflow.get(name) ?? []), record]);
    return record;
  }

  /** A run that a reset has made begins with events of another: what they tell of has happened there. */
  #noteReset(record: RunRecord, changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.kind !== 'resetFrom') continue;
      const [from] = change.origin.ancestors;
      const run = this.find(from?.runId ?? '');
      hold(from !== undefined && run !== undefined, 29, () => `${nameOf(record)} comes of a run that is not there`);
      record.base = { run, throughEventId: from.throughEventId };
    }
  }

  #appendRow(record: RunRecord, row: LogRow, changes: readonly Change[]): void {
    this.rows += 1;
    const { events } = record;
    hold(record.removal === undefined, 38, () => `${nameOf(record)} was removed and is written again`);
    hold(
      row.sequence === record.sequence + 1,
      39,
      () => `${nameOf(record)}: row ${row.sequence} after ${record.sequence}`,
    );
    hold(row.firstEventId === events.length + 1, 4, () => `${nameOf(record)}: a row begins with ${row.firstEventId}`);
    record.rowStartEventId = row.firstEventId;
    for (const change of changes) {
      if (isInherited(record, change)) this.#inherit(record, change);
      else this.#appendChange(record, change);
    }
    record.sequence = row.sequence;
    record.shadow.transitionCount += 1;
  }

  #inherit(record: RunRecord, change: Extract<Change, { kind: 'event' }>): void {
    const { event } = change;
    const found = difference(event, record.base?.run.events[record.events.length]);
    hold(found === undefined, 29, () => `${nameOf(record)} begins otherwise than the run that it comes of: ${found}`);
    checkRecorded(record, event);
    noteSignal(record, event);
    record.events.push(event);
    reapply(record.shadow, [change]);
  }

  #appendChange(record: RunRecord, change: Change): void {
    checkChange(record, change);
    if (change.kind === 'event') {
      checkRecorded(record, change.event);
      record.events.push(change.event);
    }
    this.#noteLateness(record, change);
    if (change.kind === 'requestAttached') this.#checkRequest(record, change.requestId);
    this.#sink.onChange(record, change);
    try {
      reapply(record.shadow, [change]);
    } catch (error) {
      throw new Violation(39, `${nameOf(record)}: ${change.kind} does not fit: ${String(error)}`);
    }
  }

  #noteLateness({ shadow, base }: RunRecord, change: Change): void {
    // What was due while the run that was reset did not run is late without a fault.
    if (base !== undefined) return;
    if (change.kind !== 'buffered' && (change.kind !== 'event' || shadow.flushing > 0)) return;
    const timer = shadow.timers.get(change.event.timerFiredEventAttributes?.timerId ?? '');
    if (timer !== undefined) this.latestMs = Math.max(this.latestMs, timeOf(change.event) - timer.firesAtMs);
  }

  /** The run that was there before must not have had the request that starts this one. */
  #checkRequest(record: RunRecord, requestId: string): void {
    const before = this.runsOf(record.identity.namespaceId, record.identity.id).at(-2);
    // What a run knew goes with it.
    if (before === undefined || before.removal !== undefined || record.events.length > 1) return;
    const known = before.shadow.lifecycle.requestIds.has(requestId);
    hold(!known, 2, () => `${nameOf(record)}: request ${requestId} had started ${nameOf(before)}`);
  }

  #index(runId: string, visibility: NonNullable<RunRecord['visibility']>): void {
    const record = this.#byRunId.get(runId);
    hold(record !== undefined, 32, () => `visibility of run ${runId}, which is not durable`);
    record.visibility = visibility;
  }

  /** What the batch says of a run beside its rows: its snapshot, and when it has to be called. */
  #checkWrite(shard: number, write: RunWrite): void {
    const record = this.#byKey.get(`${shard}/${write.run}`);
    hold(record !== undefined, 39, () => `run ${write.run} is written without a row`);
    const { shadow } = record;
    this.#removals.noteWrite(record, workflowMachine, shadow, write);
    if (write.snapshot !== undefined) {
      const stored = decodeSnapshot(write.snapshot.body);
      const found = difference(stored, snapshotOf(shadow));
      hold(found === undefined, 39, () => `${nameOf(record)}: the snapshot differs from the log: ${found}`);
      hold(write.snapshot.sequence === record.sequence, 39, () => `${nameOf(record)}: a snapshot of another row`);
    }
    if (write.active) return;
    hold(!owes(shadow), 33, () => `${nameOf(record)} leaves memory while it owes something`);
    const dueAtMs = wakeAtMs(shadow) ?? Infinity;
    hold(
      (write.wakeAtMs ?? Infinity) <= dueAtMs,
      13,
      () => `${nameOf(record)} is due at ${dueAtMs}, called at ${write.wakeAtMs}`,
    );
  }

  /** At the end of a batch: one open run, chains without a gap, visibility as the state is. */
  #checkChain(record: RunRecord, touched: ReadonlySet<RunRecord>): void {
    const { identity, events, shadow } = record;
    const runs = this.runsOf(identity.namespaceId, identity.id);
    const open = runs.filter((run) => isOpen(run.shadow));
    hold(open.length <= 1, 3, () => open.map(nameOf).join(' and '));
    hold(open.length === 0 || open[0] === runs.at(-1), 3, () => `${nameOf(record)}: the open run is not the newest`);
    const last = events.at(-1);
    const successor = isOpen(shadow) || last === undefined ? undefined : successorOf(last);
    if (successor !== undefined) {
      const next = this.#byRunId.get(successor);
      hold(next !== undefined, 25, () => `${nameOf(record)}: ${successor} is not there`);
      const { continuedExecutionRunId } = next.shadow.lifecycle.start;
      hold(continuedExecutionRunId === identity.runId, 25, () => `${nameOf(next)} does not continue ${nameOf(record)}`);
    }
    if (record.rowStartEventId === 1) this.#checkPredecessor(record, touched);
    checkVisibility(record);
  }

  #checkPredecessor(record: RunRecord, touched: ReadonlySet<RunRecord>): void {
    const { continuedExecutionRunId = '' } = record.shadow.lifecycle.start;
    if (continuedExecutionRunId === '') return;
    const before = this.#byRunId.get(continuedExecutionRunId);
    const close = before?.events.at(-1);
    const fits = close !== undefined && successorOf(close) === record.identity.runId;
    hold(fits, 25, () => `${nameOf(record)} continues a run that does not name it`);
    hold(before !== undefined && touched.has(before), 25, () => `${nameOf(record)} begins in another commit`);
    checkSuccessor(before, record);
  }
}

function isInherited({ base, events }: RunRecord, change: Change): change is Extract<Change, { kind: 'event' }> {
  return change.kind === 'event' && base !== undefined && events.length < base.throughEventId;
}

/** Visibility is written in the commit that changes what it shows. */
function checkVisibility(record: RunRecord): void {
  const found = difference({ ...record.visibility, stateTransitionCount: undefined }, expectedVisibility(record));
  hold(found === undefined, 32, () => `${nameOf(record)}: ${found}`);
}
