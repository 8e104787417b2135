import type { StopSource } from '../host/stop-signal.ts';

/** Polls of a worker that has shut down are answered empty for this long. Temporal: matching, shutdownWorkersCacheTTL. */
const SHUTDOWN_MEMORY_MS = 30_000;

/** Long polls under way of those who may say goodbye, so that a worker which does is let go at once. */
export class OutstandingPolls {
  readonly #byOwner = new Map<string, Set<StopSource>>();
  /** When workers have shut down, the oldest first. */
  readonly #shutDown = new Map<string, number>();

  /** Notes a poll under the sticky queue or the worker that it belongs to, until the returned function is called. */
  add(owners: readonly string[], poll: StopSource): () => void {
    for (const owner of owners) {
      const polls = this.#byOwner.get(owner) ?? new Set();
      this.#byOwner.set(owner, polls.add(poll));
    }
    return () => {
      for (const owner of owners) {
        const polls = this.#byOwner.get(owner);
        polls?.delete(poll);
        if (polls?.size === 0) this.#byOwner.delete(owner);
      }
    };
  }

  /** Ends all polls of an owner; they answer empty. */
  end(owner: string): void {
    for (const poll of this.#byOwner.get(owner) ?? []) poll.abort('the worker has shut down');
  }

  /** Ends all polls of a worker; those that cross its goodbye answer empty too. */
  shutDown(worker: string, nowMs: number): void {
    this.#shutDown.delete(worker);
    this.#shutDown.set(worker, nowMs);
    this.end(worker);
  }

  hasShutDown(worker: string, nowMs: number): boolean {
    for (const [each, atMs] of this.#shutDown) {
      if (nowMs - atMs <= SHUTDOWN_MEMORY_MS) break;
      this.#shutDown.delete(each);
    }
    return this.#shutDown.has(worker);
  }
}

/** Who polls the queue of a cache. */
export function stickyOwner(namespaceId: string, queue: string): string {
  return `sticky/${namespaceId}/${queue}`;
}

/** A worker by its instance key. */
export function workerOwner(namespaceId: string, workerInstanceKey: string): string {
  return `worker/${namespaceId}/${workerInstanceKey}`;
}
