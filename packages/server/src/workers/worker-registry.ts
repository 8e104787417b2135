import { MINUTE_MS } from '@perdure/core';
import { WorkerStatus } from '@perdure/proto/enums';
import type { WorkerHeartbeat } from '@perdure/proto/types';

/** How many workers of all namespaces are known at a time. Temporal: `matching.workerRegistryMaxEntries`. */
const WORKERS_MAX = 1_000_000;

/**
 * A worker that has been heard of within this time is not forgotten for another. Temporal:
 * `matching.workerRegistryMinEvictAge`.
 */
const EVICTION_AGE_MIN_MS = MINUTE_MS;

interface Entry {
  readonly namespaceId: string;
  readonly heartbeat: WorkerHeartbeat;
  readonly seenAtMs: number;
}

/**
 * The workers that send heartbeats, each with its last one. In memory only: after a restart they are known again with
 * their next heartbeat.
 */
export class WorkerRegistry {
  readonly #now: () => number;
  readonly #ttlMs: () => number;
  /** By namespace and instance key; the order is that of the last heartbeat, the oldest first. */
  readonly #entries = new Map<string, Entry>();
  readonly #byNamespace = new Map<string, Map<string, WorkerHeartbeat>>();

  /** `ttlMs`: how long a worker is known after its last heartbeat. */
  constructor(now: () => number, ttlMs: () => number) {
    this.#now = now;
    this.#ttlMs = ttlMs;
  }

  /** Takes heartbeats in; a worker that says it has shut down is forgotten. */
  record(namespaceId: string, heartbeats: readonly WorkerHeartbeat[]): void {
    const seenAtMs = this.#now();
    for (const heartbeat of heartbeats) {
      const key = heartbeat.workerInstanceKey ?? '';
      this.#forget(namespaceId, key);
      if (heartbeat.status === WorkerStatus.Shutdown) continue;
      this.#entries.set(nameOf(namespaceId, key), { namespaceId, heartbeat, seenAtMs });
      const workers = this.#byNamespace.get(namespaceId) ?? new Map<string, WorkerHeartbeat>();
      this.#byNamespace.set(namespaceId, workers.set(key, heartbeat));
    }
    this.#evict();
  }

  /** The last heartbeats of the workers of a namespace, by instance key. */
  all(namespaceId: string): readonly WorkerHeartbeat[] {
    this.#evict();
    const workers = [...(this.#byNamespace.get(namespaceId)?.entries() ?? [])];
    return workers.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, heartbeat]) => heartbeat);
  }

  find(namespaceId: string, workerInstanceKey: string): WorkerHeartbeat | undefined {
    this.#evict();
    return this.#byNamespace.get(namespaceId)?.get(workerInstanceKey);
  }

  /** Forgets whom nobody has heard of for too long, and the oldest where there are too many. */
  #evict(): void {
    const nowMs = this.#now();
    for (const { namespaceId, heartbeat, seenAtMs } of this.#entries.values()) {
      const ageMs = nowMs - seenAtMs;
      const tooMany = this.#entries.size > WORKERS_MAX && ageMs > EVICTION_AGE_MIN_MS;
      if (ageMs <= this.#ttlMs() && !tooMany) return;
      this.#forget(namespaceId, heartbeat.workerInstanceKey ?? '');
    }
  }

  #forget(namespaceId: string, key: string): void {
    this.#entries.delete(nameOf(namespaceId, key));
    const workers = this.#byNamespace.get(namespaceId);
    workers?.delete(key);
    if (workers?.size === 0) this.#byNamespace.delete(namespaceId);
  }
}

function nameOf(namespaceId: string, key: string): string {
  return `${namespaceId}/${key}`;
}
