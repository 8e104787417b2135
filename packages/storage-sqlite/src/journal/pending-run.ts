import type { HistoryRange, HistoryRow, LogRow, RunWrite, StoredRun } from '@perdure/storage';

/** What the journal holds of one run that the tables do not have yet. */
export class PendingRun {
  readonly shard: number;
  readonly run: number;
  /** In ascending sequence, all later than those in the tables. */
  readonly rows: LogRow[] = [];
  /** The latest write of its row, and the position in the journal at which it stands. */
  write: RunWrite | undefined;
  writtenAt = 0;
  /** The latest write that has a snapshot. */
  snapshotWrite: RunWrite | undefined;
  /** Whether the tables have its row, as far as is known. */
  isStored = false;
  /** The latest position that holds anything of the run. */
  lastAt = 0;

  constructor(shard: number, run: number) {
    this.shard = shard;
    this.run = run;
  }

  /** The run as it is, from what the tables have of it; undefined where neither they nor the journal have its row. */
  over(stored: StoredRun | undefined): StoredRun | undefined {
    const row = this.write ?? stored;
    if (row === undefined) return undefined;
    const { run, identity, active, closed, wakeAtMs, removeAtMs } = row;
    const snapshot = this.snapshotWrite?.snapshot ?? stored?.snapshot;
    const firstPending = this.rows[0]?.sequence ?? Infinity;
    const before = stored?.tail.filter(({ sequence }) => sequence < firstPending) ?? [];
    const tail = [...before, ...this.rows].filter(({ sequence }) => sequence > (snapshot?.sequence ?? 0));
    return { run, identity, active, closed, wakeAtMs, removeAtMs, snapshot, tail };
  }

  /** A range of its history; `readStored` reads what the tables have of one. */
  history(range: HistoryRange, readStored: (range: HistoryRange) => HistoryRow[]): HistoryRow[] {
    const [first] = this.rows;
    if (first === undefined || first.sequence > range.throughSequence) return readStored(range);
    const stored = { ...range, throughSequence: first.sequence - 1 };
    const page = new HistoryPage(range);
    if (range.descending) {
      for (const row of this.rows.toReversed()) if (isWithin(row, range)) page.add(row);
      if (!page.isFull) page.addAll(readStored({ ...stored, ...page.left }));
    } else {
      page.addAll(readStored(stored));
      for (const row of this.rows) if (isWithin(row, range)) page.add(row);
    }
    return page.rows;
  }
}

function isWithin(row: LogRow, { fromSequence, throughSequence }: HistoryRange): row is LogRow & HistoryRow {
  return row.events !== undefined && row.sequence >= fromSequence && row.sequence <= throughSequence;
}

/** Rows up to the one that reaches either limit. */
class HistoryPage {
  readonly rows: HistoryRow[] = [];
  #rowsLeft: number;
  #bytesLeft: number;

  constructor({ rowsMax, bytesMax }: HistoryRange) {
    this.#rowsLeft = rowsMax;
    this.#bytesLeft = bytesMax;
  }

  get isFull(): boolean {
    return this.rows.length > 0 && (this.#rowsLeft <= 0 || this.#bytesLeft <= 0);
  }

  get left(): Pick<HistoryRange, 'rowsMax' | 'bytesMax'> {
    return { rowsMax: this.#rowsLeft, bytesMax: this.#bytesLeft };
  }

  add({ sequence, firstEventId, events }: HistoryRow): void {
    if (this.isFull) return;
    this.rows.push({ sequence, firstEventId, events });
    this.#rowsLeft -= 1;
    this.#bytesLeft -= events.length;
  }

  addAll(rows: readonly HistoryRow[]): void {
    for (const row of rows) this.add(row);
  }
}
