import { cursorOf, type BatchKey, type VisibilityCursor } from '@perdure/core';
import type { Store } from '@perdure/storage';
import type { DynamicConfig } from '../config/dynamic-config.ts';
import type { Engine } from '../engine/engine.ts';
import type { Host, HostTimer } from '../host/host.ts';
import type { Namespaces } from '../namespaces/namespaces.ts';
import type { HandlerTable } from '../rpc/handler.ts';
import { InProcessCaller } from '../transport/in-process.ts';
import { OPEN_JOBS } from './job-queries.ts';
import { Walk } from './walk.ts';

/** Jobs that are looked for at a time when a server starts. */
const JOBS_AT_A_TIME = 100;

/** What failed is tried again after this time. */
const RETRY_MS = 1_000;

export interface BatchWalkerOptions {
  readonly host: Host;
  readonly store: Store;
  readonly engine: Engine;
  readonly namespaces: Namespaces;
  readonly config: DynamicConfig;
  readonly onError: (message: string, error: unknown) => void;
}

/**
 * Works through batch operations in the background: page by page, each execution by the same RPC that a client would call.
 * How far a job has come is in its own state, so a restart goes on where it was; what was asked of a run and not noted is
 * asked again, with the same request id.
 */
export class BatchWalker {
  readonly #options: BatchWalkerOptions;
  readonly #walks = new Map<string, Walk>();
  readonly #timers = new Set<HostTimer>();
  #caller = new InProcessCaller(new Map());
  #stopped = false;

  constructor(options: BatchWalkerOptions) {
    this.#options = options;
  }

  /** Goes on with what an earlier process has left. `handlers`: the RPCs with which it works. */
  start(handlers: HandlerTable): void {
    this.#caller = new InProcessCaller(handlers);
    void this.#resume();
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) timer.cancel();
    for (const walk of this.#walks.values()) walk.end();
  }

  /** Works through a job that has begun, or may have: one that is not there is none to work through. */
  walk(key: BatchKey): void {
    const name = nameOf(key);
    if (this.#stopped || this.#walks.has(name)) return;
    const { onError, ...options } = this.#options;
    const walk = new Walk(key, {
      ...options,
      caller: this.#caller,
      pause: (untilMs) => this.#pause(untilMs),
      onError,
    });
    this.#walks.set(name, walk);
    void this.#run(name, walk);
  }

  /** The job has ended: nothing more is begun for it. */
  ended(key: BatchKey): void {
    this.#walks.get(nameOf(key))?.end();
  }

  async #run(name: string, walk: Walk): Promise<void> {
    while (!walk.isOver) {
      try {
        await walk.run();
      } catch (error) {
        if (walk.isOver) break;
        this.#options.onError('batch operation interrupted', error);
        await this.#pause(this.#options.host.now() + RETRY_MS);
      }
    }
    this.#walks.delete(name);
  }

  async #resume(): Promise<void> {
    for (const { id: namespaceId } of this.#options.namespaces.all()) {
      for (let after: VisibilityCursor | undefined; !this.#stopped;) {
        try {
          const query = { namespaceId, query: OPEN_JOBS, pageSize: JOBS_AT_A_TIME, after };
          const rows = await this.#options.store.listVisibility(query);
          for (const { workflowId } of rows) this.walk({ namespaceId, jobId: workflowId });
          const last = rows.at(-1);
          if (last === undefined || rows.length < JOBS_AT_A_TIME) break;
          after = cursorOf(last);
        } catch (error) {
          if (this.#stopped) return;
          this.#options.onError('batch operations could not be read', error);
          await this.#pause(this.#options.host.now() + RETRY_MS);
        }
      }
    }
  }

  /** Settles at that instant; never, if the walker is stopped before. */
  #pause(untilMs: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#stopped) return;
      const timer = this.#options.host.setTimer(untilMs, () => {
        this.#timers.delete(timer);
        resolve();
      });
      this.#timers.add(timer);
    });
  }
}

function nameOf({ namespaceId, jobId }: BatchKey): string {
  return `${namespaceId}/${jobId}`;
}
