import type { Store } from '@perdure/storage';
import type { Host } from '../host/host.ts';
import type { Shard } from './shard.ts';

/**
 * Where so many wait for a commit, the next one begins no sooner than so many milliseconds after it: the answers come in
 * larger groups then, and so does what their receivers ask for: a fan-out takes a tenth less of everybody's CPU.
 */
const CROWD = 4;
const GATHER_MS = 5;

/**
 * Group commit: what comes while a commit is under way goes into the next one. One call of the store for all shards that
 * have something to write.
 */
export class Committer {
  readonly #host: Host;
  readonly #store: Store;
  readonly #shards: () => Iterable<Shard>;
  readonly #onLost: (shard: Shard) => void;
  readonly #onError: (error: unknown) => void;
  readonly #onIdle: () => void;
  #scheduled = false;
  #committing = false;
  #begunAtMs = 0;
  /** How many waited for the last commit. */
  #waiting = 0;
  #idle: (() => void)[] = [];

  constructor(options: {
    host: Host;
    store: Store;
    shards: () => Iterable<Shard>;
    onLost: (shard: Shard) => void;
    onError: (error: unknown) => void;
    /** A commit is done, and none is to follow at once. */
    onIdle: () => void;
  }) {
    this.#host = options.host;
    this.#store = options.store;
    this.#shards = options.shards;
    this.#onLost = options.onLost;
    this.#onError = options.onError;
    this.#onIdle = options.onIdle;
  }

  /** Sees to it that open batches are committed soon. */
  schedule(): void {
    if (this.#scheduled || this.#committing) return;
    this.#scheduled = true;
    const commit = (): void => {
      this.#scheduled = false;
      void this.#commit();
    };
    const nowMs = this.#host.now();
    const atMs = this.#waiting < CROWD ? nowMs : Math.min(this.#begunAtMs, nowMs) + GATHER_MS;
    if (atMs > nowMs) this.#host.setTimer(atMs, commit);
    else this.#host.defer(commit);
  }

  /** Settles when nothing is open or under way. */
  async drain(): Promise<void> {
    if (!this.#committing && !this.#scheduled) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  async #commit(): Promise<void> {
    this.#committing = true;
    const shards = [...this.#shards()].filter((shard) => shard.wantsCommit);
    this.#begunAtMs = this.#host.now();
    this.#waiting = shards.reduce((waiting, shard) => waiting + shard.waiting, 0);
    try {
      const batches = shards.map((shard) => shard.seal());
      const outcomes = batches.length === 0 ? [] : await this.#store.commit(batches);
      for (const [index, shard] of shards.entries()) {
        if (outcomes[index] === 'committed') shard.committed();
        else this.#onLost(shard);
      }
    } catch (error) {
      this.#onError(error);
      for (const shard of shards) this.#onLost(shard);
    }
    this.#committing = false;
    if ([...this.#shards()].some((shard) => shard.wantsCommit)) this.schedule();
    else {
      for (const resolve of this.#idle.splice(0)) resolve();
      this.#onIdle();
    }
  }
}
