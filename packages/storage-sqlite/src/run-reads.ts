import type {
  HistoryRange,
  HistoryRow,
  LogRow,
  Removal,
  RunIdentity,
  RunKind,
  RunSelector,
  StoredRun,
  Wakeup,
} from '@perdure/storage';
import type { Unpacker } from './packing/unpacker.ts';
import { bytesIn, numberIn, optionalIn, type Row, textIn, uuidIn } from './row.ts';
import { lastRunKey, runKey, runOfKey } from './run-key.ts';
import type { ReadStatements } from './statements.ts';
import { parseUuid, uuidBytes } from './uuid.ts';

/** Reads of runs: each finds its rows by an index. */
export class RunReads {
  readonly #statements: ReadStatements;
  readonly #unpacker: Unpacker;

  constructor(statements: ReadStatements, unpacker: Unpacker) {
    this.#statements = statements;
    this.#unpacker = unpacker;
  }

  load(shard: number, selector: RunSelector): StoredRun | undefined {
    const row =
      'run' in selector ? this.#statements.runByKey.get(runKey(shard, selector.run)) : this.#find(shard, selector);
    return row && this.#stored(row);
  }

  /** Whether there is a run of such an id, of whatever shard. */
  has(runId: string): boolean {
    return this.#statements.hasRun.get(uuidBytes(runId)) !== undefined;
  }

  loadActive(shard: number, afterRun: number, limit: number): StoredRun[] {
    const rows = this.#statements.activeRuns.all(runKey(shard, afterRun), lastRunKey(shard), limit);
    return rows.map((row) => this.#stored(row));
  }

  history(range: HistoryRange): HistoryRow[] {
    const { shard, run, fromSequence, throughSequence, descending, rowsMax, bytesMax } = range;
    const statement = descending ? this.#statements.historyReverse : this.#statements.history;
    const rows: HistoryRow[] = [];
    let bytes = 0;
    for (const row of statement.iterate(runKey(shard, run), fromSequence, throughSequence, rowsMax)) {
      const events = this.#unpacker.bytesIn(row, 'events');
      rows.push({ sequence: numberIn(row, 'sequence'), firstEventId: numberIn(row, 'first_event_id'), events });
      bytes += events.length;
      if (bytes >= bytesMax) break;
    }
    return rows;
  }

  wakeups(shard: number, untilMs: number, limit: number): Wakeup[] {
    return this.#statements.wakeups.all(shard, untilMs, limit).map((row) => ({
      run: runOfKey(numberIn(row, 'run')),
      identity: identityIn(row),
      wakeAtMs: numberIn(row, 'wake_at_ms'),
    }));
  }

  removals(shard: number, untilMs: number, limit: number): Removal[] {
    return this.#statements.removals.all(shard, untilMs, limit).map((row) => ({
      run: runOfKey(numberIn(row, 'run')),
      identity: identityIn(row),
      removeAtMs: numberIn(row, 'remove_at_ms'),
    }));
  }

  #find(shard: number, selector: Exclude<RunSelector, { run: number }>): Row | undefined {
    const { kind, namespaceId, id, runId } = selector;
    const namespace = parseUuid(namespaceId);
    const range = [runKey(shard, 0), lastRunKey(shard)] as const;
    if (namespace === undefined) return undefined;
    // Most ids that are asked for are new, and this alone is a third of the work.
    if (this.#statements.hasId.get(id) === undefined) return undefined;
    if (runId === undefined) return this.#statements.currentRun.get(id, namespace, kind, ...range);
    const runIdBytes = parseUuid(runId);
    return runIdBytes && this.#statements.runByRunId.get(runIdBytes, kind, namespace, id, ...range);
  }

  #stored(row: Row): StoredRun {
    const key = numberIn(row, 'run');
    const sequence = optionalIn(row, 'snapshot_sequence', numberIn);
    const body = (): Uint8Array => this.#unpacker.bytesIn(row, 'snapshot_body', 'snapshot_dictionary');
    return {
      run: runOfKey(key),
      identity: identityIn(row),
      active: numberIn(row, 'active') === 1,
      closed: numberIn(row, 'closed') === 1,
      wakeAtMs: optionalIn(row, 'wake_at_ms', numberIn),
      removeAtMs: optionalIn(row, 'remove_at_ms', numberIn),
      snapshot: sequence === undefined ? undefined : { body: body(), sequence },
      tail: this.#tail(key, sequence ?? 0),
    };
  }

  /** Events and deltas of the same transition stand in two tables: together they are its row. */
  #tail(key: number, afterSequence: number): LogRow[] {
    const rows = new Map<number, LogRow>();
    for (const row of this.#statements.historyTail.all(key, afterSequence)) {
      const events = this.#unpacker.bytesIn(row, 'events');
      rows.set(numberIn(row, 'sequence'), { ...logRowStart(key, row), events, delta: undefined });
    }
    for (const row of this.#statements.deltaTail.all(key, afterSequence)) {
      const start = logRowStart(key, row);
      const { events } = rows.get(start.sequence) ?? { events: undefined };
      rows.set(start.sequence, { ...start, events, delta: optionalIn(row, 'body', bytesIn) });
    }
    return [...rows.values()].sort((a, b) => a.sequence - b.sequence);
  }
}

function logRowStart(key: number, row: Row): Pick<LogRow, 'run' | 'sequence' | 'firstEventId'> {
  return { run: runOfKey(key), sequence: numberIn(row, 'sequence'), firstEventId: numberIn(row, 'first_event_id') };
}

function identityIn(row: Row): RunIdentity {
  return {
    kind: numberIn(row, 'kind') as RunKind,
    namespaceId: uuidIn(row, 'namespace_id'),
    id: textIn(row, 'id'),
    runId: uuidIn(row, 'run_id'),
  };
}
