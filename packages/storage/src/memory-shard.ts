import type {
  BacklogLane,
  BacklogRow,
  CommitOutcome,
  HistoryRange,
  HistoryRow,
  LogRow,
  LaneKey,
  Removal,
  RunIdentity,
  RunSelector,
  RunWrite,
  ShardBatch,
  ShardGrant,
  StoredRun,
  Wakeup,
} from './store.ts';

interface MemoryRun {
  identity: RunIdentity;
  active: boolean;
  closed: boolean;
  wakeAtMs: number | undefined;
  removeAtMs: number | undefined;
  snapshot: StoredRun['snapshot'];
  /** In ascending sequence. */
  readonly log: LogRow[];
}

/** One shard of the store in memory. */
export class MemoryShard {
  /** 0 as long as nobody owns the shard: no batch fits it. */
  #epoch = 0;
  #sequence = 0;
  #timeMs = 0;
  #lastRun = 0;
  #lastBacklogId = 0;
  readonly #runs = new Map<number, MemoryRun>();
  readonly #runIds = new Set<string>();
  /** The runs of an id, in the order of their keys. */
  readonly #runsOfId = new Map<string, number[]>();
  /** Of ids whose newest run was removed: its key, which no current run may be older than. */
  readonly #removedOfId = new Map<string, number>();
  readonly #backlog = new Map<number, BacklogRow>();

  acquire(): ShardGrant {
    this.#epoch += 1;
    return {
      epoch: this.#epoch,
      sequence: this.#sequence,
      timeMs: this.#timeMs,
      lastRun: this.#lastRun,
      lastBacklogId: this.#lastBacklogId,
    };
  }

  /** Applies a checked batch, or nothing of it. */
  commit(batch: ShardBatch): CommitOutcome {
    if (this.#epoch === 0 || batch.epoch !== this.#epoch || batch.expectedSequence !== this.#sequence) return 'fenced';
    this.#check(batch);
    this.#sequence += 1;
    this.#timeMs = Math.max(this.#timeMs, batch.timeMs);
    for (const write of batch.runs) this.#writeRun(write);
    for (const row of batch.log) this.#run(row.run).log.push(row);
    for (const write of batch.runs) this.#dropDeltas(write);
    for (const row of batch.backlogPut) {
      this.#backlog.set(row.id, row);
      this.#lastBacklogId = Math.max(this.#lastBacklogId, row.id);
    }
    for (const { id } of batch.backlogRemove) this.#backlog.delete(id);
    for (const run of batch.runsRemove) this.#remove(run);
    return 'committed';
  }

  load(selector: RunSelector): StoredRun | undefined {
    const run = 'run' in selector ? selector.run : this.#find(selector);
    return run === undefined || !this.#runs.has(run) ? undefined : this.#stored(run);
  }

  loadActive(afterRun: number, limit: number): StoredRun[] {
    const keys = [...this.#runs.keys()].filter((run) => run > afterRun && this.#run(run).active);
    return keys
      .sort(ascending)
      .slice(0, limit)
      .map((run) => this.#stored(run));
  }

  readHistory(range: HistoryRange): HistoryRow[] {
    const rows: HistoryRow[] = [];
    const log = this.#runs.get(range.run)?.log ?? [];
    let bytes = 0;
    for (const row of range.descending ? log.toReversed() : log) {
      if (row.events === undefined || row.sequence < range.fromSequence || row.sequence > range.throughSequence)
        continue;
      rows.push({ sequence: row.sequence, firstEventId: row.firstEventId, events: row.events });
      bytes += row.events.length;
      if (rows.length >= range.rowsMax || bytes >= range.bytesMax) break;
    }
    return rows;
  }

  scanWakeups(untilMs: number, limit: number): Wakeup[] {
    const due: Wakeup[] = [];
    for (const [run, { active, wakeAtMs, identity }] of this.#runs) {
      if (!active && wakeAtMs !== undefined && wakeAtMs <= untilMs) due.push({ run, identity, wakeAtMs });
    }
    return due.sort((a, b) => a.wakeAtMs - b.wakeAtMs || a.run - b.run).slice(0, limit);
  }

  scanRemovals(untilMs: number, limit: number): Removal[] {
    const due: Removal[] = [];
    for (const [run, { removeAtMs, identity }] of this.#runs) {
      if (removeAtMs !== undefined && removeAtMs <= untilMs) due.push({ run, identity, removeAtMs });
    }
    return due.sort((a, b) => a.removeAtMs - b.removeAtMs || a.run - b.run).slice(0, limit);
  }

  runIdOf(run: number): string | undefined {
    return this.#runs.get(run)?.identity.runId;
  }

  listBacklogLanes(): BacklogLane[] {
    const lanes = new Map<string, BacklogLane>();
    for (const { queue, priority, fairnessKey, createdAtMs } of this.#backlog.values()) {
      const lane = { queue, priority, fairnessKey };
      const key = laneText(lane);
      const before = lanes.get(key) ?? { ...lane, count: 0, oldestAtMs: createdAtMs };
      lanes.set(key, { ...before, count: before.count + 1, oldestAtMs: Math.min(before.oldestAtMs, createdAtMs) });
    }
    return [...lanes.values()];
  }

  readBacklog(lane: LaneKey, afterId: number, limit: number): BacklogRow[] {
    const key = laneText(lane);
    const rows = [...this.#backlog.values()].filter((row) => row.id > afterId && laneText(row) === key);
    return rows.sort((a, b) => a.id - b.id).slice(0, limit);
  }

  readBacklogOfRun(run: number): BacklogRow[] {
    return [...this.#backlog.values()].filter((row) => row.run === run).sort((a, b) => a.id - b.id);
  }

  /** Throws before anything is written. */
  #check(batch: ShardBatch): void {
    const written = new Map(batch.runs.map(({ run, identity }) => [run, identity.runId]));
    for (const { run } of batch.log) {
      if (!written.has(run) && !this.#runs.has(run)) throw new Error('invariant broken: a log row is of no run');
    }
    const runIds = new Set(written.values());
    for (const { runId } of batch.visibilityPut) {
      if (runIds.has(runId) || this.#runIds.has(runId)) continue;
      throw new Error('invariant broken: a visibility record is of no run that was written');
    }
  }

  #writeRun(write: RunWrite): void {
    const before = this.#runs.get(write.run);
    if (before === undefined) this.#index(write);
    this.#runs.set(write.run, {
      identity: write.identity,
      active: write.active,
      closed: write.closed,
      wakeAtMs: write.wakeAtMs,
      removeAtMs: write.removeAtMs,
      snapshot: write.snapshot ?? before?.snapshot,
      log: before?.log ?? [],
    });
    this.#lastRun = Math.max(this.#lastRun, write.run);
  }

  /** Deltas that the snapshot holds are not read again. */
  #dropDeltas(write: RunWrite): void {
    const { log, snapshot } = this.#run(write.run);
    if (write.snapshot === undefined || snapshot === undefined) return;
    const kept = log.filter((row) => row.sequence > snapshot.sequence || row.events !== undefined);
    const trimmed = kept.map((row) => (row.sequence > snapshot.sequence ? row : { ...row, delta: undefined }));
    log.splice(0, log.length, ...trimmed);
  }

  #run(run: number): MemoryRun {
    const found = this.#runs.get(run);
    if (found === undefined) throw new Error(`invariant broken: run ${run} is not there`);
    return found;
  }

  #index({ run, identity }: RunWrite): void {
    this.#runIds.add(identity.runId);
    const key = idText(identity);
    const runs = this.#runsOfId.get(key) ?? [];
    this.#runsOfId.set(key, [...runs, run].sort(ascending));
  }

  #remove(run: number): void {
    const removed = this.#runs.get(run);
    if (removed === undefined) return;
    this.#runs.delete(run);
    this.#runIds.delete(removed.identity.runId);
    const key = idText(removed.identity);
    const left = (this.#runsOfId.get(key) ?? []).filter((other) => other !== run);
    if (left.length === 0) {
      this.#runsOfId.delete(key);
      this.#removedOfId.delete(key);
      return;
    }
    this.#runsOfId.set(key, left);
    this.#removedOfId.set(key, Math.max(run, this.#removedOfId.get(key) ?? 0));
  }

  #find(wanted: Exclude<RunSelector, { run: number }>): number | undefined {
    const runs = this.#runsOfId.get(idText(wanted)) ?? [];
    if (wanted.runId === undefined) {
      const newest = runs.at(-1);
      return newest === undefined || newest < (this.#removedOfId.get(idText(wanted)) ?? 0) ? undefined : newest;
    }
    return runs.find((run) => this.#run(run).identity.runId === wanted.runId);
  }

  #stored(run: number): StoredRun {
    const { identity, active, closed, wakeAtMs, removeAtMs, snapshot, log } = this.#run(run);
    const tail = log.filter((row) => row.sequence > (snapshot?.sequence ?? 0));
    return { run, identity, active, closed, wakeAtMs, removeAtMs, snapshot, tail };
  }
}

function idText({ kind, namespaceId, id }: Pick<RunIdentity, 'kind' | 'namespaceId' | 'id'>): string {
  return `${kind} ${namespaceId} ${id}`;
}

function laneText({ queue, priority, fairnessKey }: LaneKey): string {
  return JSON.stringify([queue.namespaceId, queue.kind, queue.name, priority, fairnessKey]);
}

function ascending(a: number, b: number): number {
  return a - b;
}
