import {
  batchMachine,
  scheduleMachine,
  type AggregateState,
  type BatchChange,
  type BatchJob,
  type Machine,
  type RecordedChange,
  type Schedule,
  type ScheduleChange,
  type VisibilityRecord,
} from '@perdure/core';
import { decodeSnapshot, decodeTransition } from '@perdure/server/testing';
import { RunKind, type LogRow, type RunIdentity, type RunWrite } from '@perdure/storage';
import { hold, Violation } from '../kernel/violation.ts';
import { difference } from './same-state.ts';

/** What is durable of one schedule or one batch operation, as the checkers have seen it become so. */
export interface AggregateRecord<State extends AggregateState = AggregateState> {
  readonly identity: RunIdentity;
  readonly machine: Machine<State>;
  /** Its state, rebuilt row by row. */
  readonly shadow: State;
  /** Sequence of its last row. */
  sequence: number;
  /** Its row in visibility. */
  visibility: VisibilityRecord | undefined;
  /** When it is due to be removed, once it has closed. */
  removeAtMs: number | undefined;
  /** Which of all removals took it away; undefined while it is there. */
  removal: number | undefined;
}

export type ScheduleRecord = AggregateRecord<Schedule>;
export type JobRecord = AggregateRecord<BatchJob>;

/** Is told of each change before it is applied. `timeMs` is the shard's time when it was written. */
export interface AggregateSink {
  onScheduleChange(record: ScheduleRecord, change: ScheduleChange, timeMs: number): void;
  onJobChange(record: JobRecord, change: BatchChange): void;
}

export function nameOfAggregate({ identity }: Pick<AggregateRecord, 'identity'>): string {
  return `${identity.id}/${identity.runId}`;
}

/** What has become durable of everything that is no workflow. */
export class AggregateLog {
  readonly schedules: ScheduleRecord[] = [];
  readonly jobs: JobRecord[] = [];
  readonly #byKey = new Map<string, ScheduleRecord | JobRecord>();
  readonly #byRunId = new Map<string, ScheduleRecord | JobRecord>();
  readonly #sink: AggregateSink;

  constructor(sink: AggregateSink) {
    this.#sink = sink;
  }

  get all(): Iterable<ScheduleRecord | JobRecord> {
    return this.#byRunId.values();
  }

  find(runId: string): ScheduleRecord | JobRecord | undefined {
    return this.#byRunId.get(runId);
  }

  /** Whether the row of that key is of this log. */
  owns(shard: number, key: number, identity: RunIdentity | undefined): boolean {
    return this.#byKey.has(`${shard}/${key}`) || (identity !== undefined && identity.kind !== RunKind.Workflow);
  }

  append(shard: number, row: LogRow, identity: RunIdentity | undefined, timeMs: number): void {
    const record = this.#record(shard, row.run, identity);
    const where = nameOfAggregate(record);
    hold(record.removal === undefined, 38, () => `${where} was removed and is written again`);
    hold(row.sequence === record.sequence + 1, 39, () => `${where}: row ${row.sequence} after ${record.sequence}`);
    for (const change of decodeTransition(row)) this.#appendChange(record, change, timeMs);
    record.sequence = row.sequence;
    record.shadow.transitionCount += 1;
  }

  #record(shard: number, key: number, identity: RunIdentity | undefined): ScheduleRecord | JobRecord {
    const known = this.#byKey.get(`${shard}/${key}`);
    if (known !== undefined) return known;
    if (identity === undefined) throw new Violation(39, `a row of run ${key}, which nothing names`);
    const common = { identity, sequence: 0, visibility: undefined, removeAtMs: undefined, removal: undefined };
    let record: ScheduleRecord | JobRecord;
    if (identity.kind === RunKind.Schedule) {
      record = { ...common, machine: scheduleMachine, shadow: scheduleMachine.blank(identity) };
      this.schedules.push(record);
    } else {
      record = { ...common, machine: batchMachine, shadow: batchMachine.blank(identity) };
      this.jobs.push(record);
    }
    this.#byKey.set(`${shard}/${key}`, record);
    this.#byRunId.set(identity.runId, record);
    return record;
  }

  #appendChange(record: ScheduleRecord | JobRecord, change: RecordedChange, timeMs: number): void {
    if (isSchedule(record)) this.#sink.onScheduleChange(record, change as ScheduleChange, timeMs);
    else this.#sink.onJobChange(record, change as BatchChange);
    (record as AggregateRecord).machine.reapply(record.shadow, [change]);
  }

  /** Takes a row of visibility, if it is of one of these. */
  index(row: VisibilityRecord): boolean {
    const record = this.#byRunId.get(row.runId);
    if (record === undefined) return false;
    record.visibility = row;
    const { status, closedAtMs } = record.shadow;
    const found = difference({ status: row.status, closedAtMs: row.closeTimeMs }, { status, closedAtMs });
    hold(found === undefined, 32, () => `${nameOfAggregate(record)}: ${found}`);
    return true;
  }

  /** What a batch says of it beside its rows: its snapshot, and when it has to be called. */
  checkWrite(shard: number, write: RunWrite): AggregateRecord {
    const record = this.#byKey.get(`${shard}/${write.run}`) as AggregateRecord | undefined;
    hold(record !== undefined, 39, () => `run ${write.run} is written without a row`);
    const { machine, shadow } = record;
    const where = nameOfAggregate(record);
    if (write.snapshot !== undefined) {
      const found = difference(decodeSnapshot(write.snapshot.body), machine.snapshotOf(shadow));
      hold(found === undefined, 39, () => `${where}: the snapshot differs from the log: ${found}`);
      hold(write.snapshot.sequence === record.sequence, 39, () => `${where}: a snapshot of another row`);
    }
    if (write.active) return record;
    hold(!machine.owes(shadow), 33, () => `${where} leaves memory while it owes something`);
    const dueAtMs = machine.wakeAtMs(shadow) ?? Infinity;
    const called = write.wakeAtMs ?? Infinity;
    hold(called <= dueAtMs, 13, () => `${where} is due at ${dueAtMs}, called at ${write.wakeAtMs}`);
    return record;
  }

  /** The run of that key is gone; undefined where it is of another log. */
  remove(shard: number, key: number): AggregateRecord | undefined {
    return this.#byKey.get(`${shard}/${key}`) as AggregateRecord | undefined;
  }
}

function isSchedule(record: ScheduleRecord | JobRecord): record is ScheduleRecord {
  return record.identity.kind === RunKind.Schedule;
}
