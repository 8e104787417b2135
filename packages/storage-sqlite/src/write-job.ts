import type { ReclaimResult, RegistryWrite, ShardBatch, ShardGrant } from '@perdure/storage';
import type { DatabaseSync } from 'node:sqlite';
import { rollBack } from './connection.ts';
import { encodeBatches } from './journal/batch-record.ts';
import { RecordWriter } from './journal/record-bytes.ts';
import { Packer } from './packing/packer.ts';
import type { Write } from './plan-batch.ts';
import { reclaim } from './reclaim.ts';
import { numberIn, optionalIn } from './row.ts';
import { type SqlitePhase, toStoreError } from './sqlite-error.ts';
import { blob } from './sql.ts';
import { prepareWrites, type WriteStatements } from './statements.ts';

/** Everything that writes: one job is one transaction. */
export type WriteJob =
  /** Appends batches to the journal, those that are admitted when it is their turn. Runs on the loop only. */
  | { readonly kind: 'commit'; readonly admit: () => readonly ShardBatch[] }
  /** Brings what is left of the first batches of the journal into the tables, and takes them out of it. */
  | {
      readonly kind: 'apply';
      readonly through: number;
      readonly writes: readonly Write[];
    }
  | { readonly kind: 'acquire'; readonly shard: number; readonly owner: string }
  /** Takes away about so many rows of removed runs. */
  | { readonly kind: 'reclaim'; readonly rowsMax: number }
  | { readonly kind: 'registry'; readonly entry: RegistryWrite };

/** What a job gives back. */
export interface WriteResults {
  readonly commit: AppendedBatches;
  readonly apply: undefined;
  readonly acquire: ShardGrant;
  readonly reclaim: ReclaimResult;
  /** Whether the entry had the expected version. */
  readonly registry: boolean;
}
/** The batches that one row of the journal holds. */
export interface AppendedBatches {
  readonly position: number;
  readonly batches: readonly ShardBatch[];
  readonly bytes: number;
}

export type WriteResult = WriteResults[WriteJob['kind']];

/** What came of a job, and how long its statements took, in milliseconds: the choice of the route learns from it. */
export interface WriteReply {
  readonly result: WriteResult;
  readonly tookMs: number;
}

/**
 * Runs write jobs on one connection: that of the writer thread, which syncs each commit itself, or that of the event loop,
 * whose commits are durable after the next sync of the log.
 */
export class WriteConnection {
  readonly #database: DatabaseSync;
  readonly #file: string;
  readonly #statements: WriteStatements;
  readonly #packer: Packer;
  readonly #record = new RecordWriter();
  /** Of the last batch in the journal. Positions are never used twice by a process. */
  #position: number;

  constructor(database: DatabaseSync, file: string) {
    this.#database = database;
    this.#file = file;
    this.#statements = prepareWrites(database);
    this.#packer = new Packer(this.#statements);
    this.#position = optionalIn(this.#statements.lastPosition.get() ?? {}, 'position', numberIn) ?? 0;
  }

  /** Runs a job in a transaction of its own. Throws a {@link StoreError} with nothing written, unless it says otherwise. */
  run(job: WriteJob): WriteReply {
    if (job.kind === 'commit') return this.#append(job.admit());
    let phase: SqlitePhase = 'write';
    try {
      const begun = performance.now();
      this.#statements.begin.run();
      const result = this.#execute(job);
      const tookMs = performance.now() - begun;
      phase = 'commit';
      this.#statements.commit.run();
      return { result, tookMs };
    } catch (error) {
      if (!rollBack(this.#database)) phase = 'commit';
      this.#packer.rolledBack();
      throw toStoreError(error, phase, this.#file);
    }
  }

  #execute(job: Exclude<WriteJob, { kind: 'commit' }>): WriteResult {
    switch (job.kind) {
      case 'apply':
        this.#packer.begin();
        return this.#apply(job.through, job.writes);
      case 'acquire':
        return this.#acquire(job.shard, job.owner);
      case 'reclaim':
        return reclaim(this.#database, this.#statements, job.rowsMax);
      case 'registry':
        return this.#writeRegistry(job.entry);
    }
  }

  /** One statement is a transaction by itself. */
  #append(batches: readonly ShardBatch[]): WriteReply {
    const begun = performance.now();
    const record = encodeBatches(batches, this.#record);
    const position = this.#position + 1;
    try {
      if (batches.length > 0) this.#statements.append.run(position, record);
    } catch (error) {
      throw toStoreError(error, 'commit', this.#file);
    }
    this.#position = position;
    return {
      result: { position, batches, bytes: record.length },
      tookMs: performance.now() - begun,
    };
  }

  /** The rows of the journal leave first: what they took is room for those that come. */
  #apply(through: number, writes: readonly Write[]): undefined {
    this.#statements.takeOut.run(through);
    for (const { statement, values } of writes) {
      const { changes } = this.#statements[statement].run(...this.#packer.packed(statement, values));
      if (statement === 'putVisibility' && changes === 0) {
        throw new Error('invariant broken: a visibility record is of no run that was written');
      }
    }
  }

  #acquire(shard: number, owner: string): ShardGrant {
    const row = this.#statements.acquireShard.get(shard, owner) ?? {};
    return {
      epoch: numberIn(row, 'epoch'),
      sequence: numberIn(row, 'sequence'),
      timeMs: numberIn(row, 'time_ms'),
      lastRun: numberIn(row, 'last_run'),
      lastBacklogId: numberIn(row, 'last_backlog_id'),
    };
  }

  #writeRegistry({ registry, id, expectedVersion, body }: RegistryWrite): boolean {
    const row = this.#statements.registryVersion.get(registry, id) ?? {};
    if ((optionalIn(row, 'version', numberIn) ?? 0) !== expectedVersion) return false;
    if (body === undefined) this.#statements.removeRegistry.run(registry, id);
    else this.#statements.putRegistry.run(registry, id, expectedVersion + 1, blob(body));
    return true;
  }
}
