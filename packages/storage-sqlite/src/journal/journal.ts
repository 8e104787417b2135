import type {
  CommitOutcome,
  HistoryRange,
  HistoryRow,
  RunSelector,
  ShardBatch,
  ShardGrant,
  StoredRun,
} from '@perdure/storage';
import { StoreError, StoreFailure } from '@perdure/storage/error';
import { setImmediate } from 'node:timers/promises';
import { bytesIn, numberIn, type Row } from '../row.ts';
import type { RunReads } from '../run-reads.ts';
import type { AppendedBatches } from '../write-job.ts';
import type { Writer } from '../writer.ts';
import { decodeBatches } from './batch-record.ts';
import { PendingBatches } from './pending-batches.ts';
import type { PendingRun } from './pending-run.ts';

/** How long a batch waits, by default: most workflows that are short start and close meanwhile. */
const WAIT_MS = 1_000;

/** How often what has waited long enough is looked for. */
const LOOK_MS = 200;

/** Rows that are brought into the tables at a time, by default: some milliseconds. */
const SLICE_ROWS = 256;

/** More batches than this do not wait their time. */
const BATCHES_MAX = 4_096;

export interface JournalOptions {
  readonly writer: Writer;
  readonly runs: RunReads;
  /** What a process before has left in the journal. */
  readonly rows: readonly Row[];
  /** How long a batch waits, in milliseconds; default 1,000. */
  readonly waitMs?: number | undefined;
  /** About how many rows are brought into the tables in one transaction; default 256. */
  readonly rowsAtATime?: number | undefined;
}

/**
 * Commits by a journal: a batch is durable once it stands there, in one row. The tables get what is left of it a second
 * later, or when somebody asks what only they can answer. Runs are read from both.
 */
export class Journal {
  readonly #writer: Writer;
  readonly #runs: RunReads;
  readonly #waitMs: number;
  readonly #rowsAtATime: number;
  readonly #pending = new PendingBatches();
  /** The shards of this process, each with its epoch and the sequence of its last batch. */
  readonly #owned = new Map<number, { readonly epoch: number; readonly sequence: number }>();
  #timer: NodeJS.Timeout | undefined;
  /** Up to where the tables are being brought. */
  #target = 0;
  #underWay: Promise<void> | undefined;
  /** Why the tables could not be brought on. */
  #failure: Error | undefined;

  constructor(options: JournalOptions) {
    this.#writer = options.writer;
    this.#runs = options.runs;
    this.#waitMs = options.waitMs ?? WAIT_MS;
    this.#rowsAtATime = options.rowsAtATime ?? SLICE_ROWS;
    for (const row of options.rows) {
      const position = numberIn(row, 'position');
      for (const batch of decodeBatches(bytesIn(row, 'body'))) this.#pending.add({ position, batch }, -Infinity);
    }
    this.#arm();
  }

  /** Appends checked batches. As `Store.commit`. */
  async commit(batches: readonly ShardBatch[]): Promise<readonly CommitOutcome[]> {
    // Where the tables have no room, more in the journal would only be more to wait.
    if (this.#failure !== undefined) await this.settle();
    const outcomes: CommitOutcome[] = [];
    const admit = (): ShardBatch[] => this.#admit(batches, outcomes);
    await this.#writer.submit({ kind: 'commit', admit }, (appended) => this.#note(appended));
    return outcomes;
  }

  /** As `Store.acquireShard`. */
  async acquire(shard: number, owner: string): Promise<ShardGrant> {
    const job = { kind: 'acquire', shard, owner } as const;
    const { promise, resolve } = Promise.withResolvers<ShardGrant>();
    await this.#writer.submit(job, (stored) => {
      const grant = this.#pending.over(shard, stored);
      this.#owned.set(shard, grant);
      resolve(grant);
    });
    return promise;
  }

  /** As `Store.loadRun`. */
  async loadRun(shard: number, selector: RunSelector): Promise<StoredRun | undefined> {
    if (this.#pending.removesRuns) await this.settle();
    const stored = this.#runs.load(shard, selector);
    const pending = this.#pending.find(shard, selector);
    if (stored === undefined || (pending !== undefined && pending.run > stored.run)) {
      if (pending === undefined) return undefined;
      // A run that the tables have and do not take for the current one is superseded, whatever is written to it.
      const isSuperseded = !('run' in selector) && this.#runs.load(shard, { run: pending.run }) !== undefined;
      return isSuperseded ? stored : pending.over(undefined);
    }
    return this.#over(this.#pending.find(shard, { run: stored.run }), stored);
  }

  /** As `Store.readHistory`. */
  async readHistory(range: HistoryRange): Promise<readonly HistoryRow[]> {
    if (this.#pending.removesRuns) await this.settle();
    const readStored = (asked: HistoryRange): HistoryRow[] => this.#runs.history(asked);
    return this.#pending.find(range.shard, range)?.history(range, readStored) ?? readStored(range);
  }

  /** Settles when the tables have all that is in the journal by now. */
  async settle(): Promise<void> {
    await this.#bringTo(this.#pending.last);
  }

  /** The same, but where there is no room for it the tables stay as they are. */
  async settleIfRoom(): Promise<void> {
    await this.settle().catch((error: unknown) => {
      if (!isFull(error)) throw error;
    });
  }

  /** What cannot be brought into the tables any more stays in the journal. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.settle().catch(() => undefined);
    clearTimeout(this.#timer);
  }

  #over(pending: PendingRun | undefined, stored: StoredRun | undefined): StoredRun | undefined {
    return pending === undefined ? stored : pending.over(stored);
  }

  /** The batches that count: each of the shard's owner, after the one before. */
  #admit(batches: readonly ShardBatch[], outcomes: CommitOutcome[]): ShardBatch[] {
    const next = new Map<number, number>();
    const runIds = new Set<string>();
    return batches.filter(({ shard, epoch, expectedSequence, runs, visibilityPut }) => {
      const owned = this.#owned.get(shard);
      const sequence = next.get(shard) ?? owned?.sequence;
      if (epoch !== owned?.epoch || expectedSequence !== sequence) {
        outcomes.push('fenced');
        return false;
      }
      next.set(shard, sequence + 1);
      for (const { identity } of runs) runIds.add(identity.runId);
      for (const { runId } of visibilityPut) {
        if (runIds.has(runId) || this.#pending.hasRun(runId) || this.#runs.has(runId)) continue;
        throw new Error('invariant broken: a visibility record is of no run that was written');
      }
      outcomes.push('committed');
      return true;
    });
  }

  #note({ position, batches }: AppendedBatches): void {
    const nowMs = performance.now();
    for (const batch of batches) {
      this.#pending.add({ position, batch }, nowMs);
      this.#owned.set(batch.shard, { epoch: batch.epoch, sequence: batch.expectedSequence + 1 });
    }
    if (this.#pending.size > BATCHES_MAX) this.#bringTo(this.#pending.last).catch(() => undefined);
    this.#arm();
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#pending.size === 0) return;
    this.#timer = setTimeout(() => this.#look(), LOOK_MS).unref();
  }

  /** What fails is tried again with the next look. */
  #look(): void {
    this.#timer = undefined;
    this.#bringTo(this.#pending.lastAddedBy(performance.now() - this.#waitMs)).catch(() => undefined);
    this.#arm();
  }

  async #bringTo(position: number): Promise<void> {
    if (this.#pending.first > position) return;
    this.#target = Math.max(this.#target, position);
    this.#underWay ??= this.#apply();
    await this.#underWay;
  }

  /** The loop is free between slices. */
  async #apply(): Promise<void> {
    try {
      for (;;) {
        const slice = this.#pending.slice(this.#target, this.#rowsAtATime);
        if (slice === undefined) return;
        await this.#writer.submit({ kind: 'apply', ...slice }, () => this.#pending.drop(slice.through));
        this.#failure = undefined;
        if (this.#pending.first <= this.#target) await setImmediate();
      }
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      this.#underWay = undefined;
      this.#target = 0;
    }
  }
}

function isFull(error: unknown): boolean {
  return error instanceof StoreError && error.failure === StoreFailure.Full;
}
