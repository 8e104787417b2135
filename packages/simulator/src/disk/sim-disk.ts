import {
  MemoryStore,
  StoreError,
  StoreFailure,
  type CommitOutcome,
  type RegistryWrite,
  type ShardBatch,
  type Store,
} from '@perdure/storage';
import type { Random } from '../kernel/random.ts';
import type { Scheduler } from '../kernel/scheduler.ts';
import { Violation } from '../kernel/violation.ts';
import type { Trace } from '../kernel/trace.ts';
import type { DiskFaults, Verdict } from './disk-faults.ts';

export interface SimDiskOptions {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly trace: Trace;
  /** Called with each batch as it becomes durable. */
  readonly onApplied: (batch: ShardBatch) => void;
  /** Called with what is written beside the shards as it becomes durable. */
  readonly onRegistered: (entry: RegistryWrite) => void;
  /** The process that commits dies now. */
  readonly crash: (why: string) => void;
  /** A commit is under way. */
  readonly onCommitBegun: () => void;
}

/** A process, as far as the disk is concerned. */
export interface DiskUser {
  readonly isAlive: boolean;
}

/** An operation that takes long takes at most this. */
const VERY_SLOW_MS = 1_500;
const SLOW_MS = 25;

/** Longer than a disk is full. */
const FULL_MAX_MS = 2_000;

/** A write that was sent by a process which has died meanwhile, or has given it up, may still arrive. */
const ARRIVES_LATE = 0.3;

/** What is durable. It outlives the processes that write it, and does to them what disks and networks do. */
export class SimDisk {
  readonly memory = new MemoryStore();
  faults: DiskFaults;
  commits = 0;
  readonly #options: SimDiskOptions;
  #fullUntilMs = 0;

  constructor(options: SimDiskOptions, faults: DiskFaults) {
    this.#options = options;
    this.faults = faults;
  }

  /** The store as one process sees it. What it has asked for settles no more once it is dead. */
  connect(user: DiskUser): Store {
    const { memory } = this;
    let closed = false;
    /** Once a server has given its store back, somebody else may have it. */
    const open = <T>(what: string, operation: () => Promise<T>): Promise<T> => {
      if (!closed) return operation();
      this.#options.scheduler.fail(new Violation(0, `a server that has stopped asks its store: ${what}`));
      return never();
    };
    const read = <T>(operation: () => Promise<T>): Promise<T> => this.#read(user, operation);
    return {
      name: 'simulated',
      acquireShard: (shard, owner) => open('acquireShard', () => read(() => memory.acquireShard(shard, owner))),
      commit: (batches) => open('commit', () => this.#commit(user, batches)),
      loadRun: (shard, selector) => read(() => memory.loadRun(shard, selector)),
      loadActiveRuns: (shard, afterRun, limit) =>
        open('loadActiveRuns', () => read(() => memory.loadActiveRuns(shard, afterRun, limit))),
      readHistory: (range) => read(() => memory.readHistory(range)),
      scanWakeups: (shard, untilMs, limit) => read(() => memory.scanWakeups(shard, untilMs, limit)),
      scanRemovals: (shard, untilMs, limit) => read(() => memory.scanRemovals(shard, untilMs, limit)),
      reclaim: (rowsMax) => read(() => memory.reclaim(rowsMax)),
      listBacklogLanes: (shard) => read(() => memory.listBacklogLanes(shard)),
      readBacklog: (shard, lane, afterId, limit) => read(() => memory.readBacklog(shard, lane, afterId, limit)),
      readBacklogOfRun: (shard, run) => read(() => memory.readBacklogOfRun(shard, run)),
      listVisibility: (query) => read(() => memory.listVisibility(query)),
      countVisibility: (query) => read(() => memory.countVisibility(query)),
      readRegistry: (registry) => read(() => memory.readRegistry(registry)),
      writeRegistry: (entry) => read(() => this.#register(entry)),
      close: () => {
        closed = true;
        return Promise.resolve();
      },
    };
  }

  async #register(entry: RegistryWrite): Promise<boolean> {
    const { onRegistered, scheduler } = this.#options;
    const done = await this.memory.writeRegistry(entry);
    try {
      if (done) onRegistered(entry);
    } catch (error) {
      scheduler.fail(error);
    }
    return done;
  }

  #delayMs(): number {
    const { random } = this.#options;
    if (random.chance(this.faults.verySlow)) return random.int(SLOW_MS, VERY_SLOW_MS);
    return random.chance(this.faults.slow) ? random.delayMs(SLOW_MS) : 0;
  }

  /** What is read is as of the begin or of the end of the operation. */
  #read<T>(user: DiskUser, operation: () => Promise<T>): Promise<T> {
    if (!user.isAlive) return never();
    const { random, scheduler } = this.#options;
    const delayMs = this.#delayMs();
    const fails = random.chance(this.faults.readFails);
    if (delayMs === 0 && !fails) return operation();
    const early = random.chance(0.5) && !fails ? operation() : undefined;
    return new Promise((resolve, reject) => {
      scheduler.after(delayMs, () => {
        if (!user.isAlive) return;
        if (fails) reject(new StoreError(StoreFailure.Unavailable, 'the simulated disk could not be read'));
        else (early ?? operation()).then(resolve, reject);
      });
    });
  }

  #commit(user: DiskUser, batches: readonly ShardBatch[]): Promise<readonly CommitOutcome[]> {
    if (!user.isAlive) return never();
    this.commits += 1;
    const verdict = this.#judge();
    const { trace, scheduler, onCommitBegun } = this.#options;
    trace.note(scheduler.nowMs, `disk: commit ${this.commits} ${verdict} ${batches.map(describeBatch).join(' ')}`);
    onCommitBegun();
    return new Promise((resolve, reject) => {
      const fail = (outcomeUnknown: boolean, failure: StoreFailure = StoreFailure.Unavailable): void =>
        reject(new StoreError(failure, 'the simulated disk could not be written', { outcomeUnknown }));
      this.#carryOut(user, batches, verdict, { resolve, fail });
    });
  }

  #judge(): Verdict {
    const { random, scheduler } = this.#options;
    if (random.chance(this.faults.fills)) this.#fullUntilMs = scheduler.nowMs + random.int(0, FULL_MAX_MS);
    if (scheduler.nowMs < this.#fullUntilMs) return 'full';
    if (random.chance(this.faults.crashAtCommit)) return 'crash';
    if (random.chance(this.faults.commitFails)) return 'fails';
    if (random.chance(this.faults.commitUnknown)) return 'unknown';
    return random.chance(this.faults.shardStolen) ? 'stolen' : 'ok';
  }

  #carryOut(user: DiskUser, batches: readonly ShardBatch[], verdict: Verdict, reply: CommitReply): void {
    const { random, scheduler, crash } = this.#options;
    const beforeMs = this.#delayMs();
    const after = (callback: () => void): void => {
      scheduler.after(this.#delayMs(), () => {
        if (user.isAlive) callback();
      });
    };
    switch (verdict) {
      case 'ok':
        scheduler.after(beforeMs, () => {
          if (user.isAlive || random.chance(ARRIVES_LATE)) {
            this.#apply(batches, (outcomes) => after(() => reply.resolve(outcomes)));
          }
        });
        break;
      case 'fails':
        after(() => reply.fail(false));
        break;
      case 'full':
        after(() => reply.fail(false, StoreFailure.Full));
        break;
      case 'unknown':
        this.#leaveUnknown(batches, () => after(() => reply.fail(true)));
        break;
      case 'stolen':
        void this.memory.acquireShard(random.pick(batches).shard, 'thief');
        this.#apply(batches, (outcomes) => after(() => reply.resolve(outcomes)));
        break;
      case 'crash':
        scheduler.after(beforeMs, () => {
          if (!user.isAlive) return;
          if (random.chance(0.5)) crash('before the commit was applied');
          else this.#apply(batches, () => crash('after the commit was applied'));
        });
        break;
    }
  }

  /** The batches of some shards are applied now, those of others later, if nobody has taken the shard by then, or never. */
  #leaveUnknown(batches: readonly ShardBatch[], done: () => void): void {
    const { random, scheduler } = this.#options;
    const now = batches.filter(() => random.chance(0.5));
    const later = batches.filter((batch) => !now.includes(batch) && random.chance(ARRIVES_LATE));
    if (later.length > 0) scheduler.after(random.int(0, 300), () => this.#apply(later, () => undefined));
    this.#apply(now, done);
  }

  #apply(batches: readonly ShardBatch[], done: (outcomes: readonly CommitOutcome[]) => void): void {
    const { scheduler, trace, onApplied } = this.#options;
    void this.memory
      .commit(batches)
      .then((outcomes) => {
        for (const [index, batch] of batches.entries()) if (outcomes[index] === 'committed') onApplied(batch);
        if (batches.length > 0) trace.note(scheduler.nowMs, `disk: applied ${outcomes.join(' ')}`);
        done(outcomes);
      })
      .catch((error: unknown) => scheduler.fail(error));
  }
}

/** What the dead hear. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}

interface CommitReply {
  readonly resolve: (outcomes: readonly CommitOutcome[]) => void;
  readonly fail: (outcomeUnknown: boolean, failure?: StoreFailure) => void;
}

function describeBatch(batch: ShardBatch): string {
  const { shard, epoch, expectedSequence, log, runs, backlogPut, backlogRemove } = batch;
  return `[${shard}.${epoch}#${expectedSequence + 1} ${log.length} rows ${runs.length} runs +${backlogPut.length} -${backlogRemove.length}]`;
}
