import { SCHEDULE_DIVISION, type ResolvedQuery } from '@perdure/core';
import type { Store } from '@perdure/storage';
import type { Engine } from '../engine/engine.ts';
import { keyOfRow } from '../engine/kinds.ts';
import type { Host, HostTimer } from '../host/host.ts';
import type { Namespaces, Reclaim } from './namespaces.ts';

/** Runs that are ended and removed at a time. */
const RUNS_AT_A_TIME = 250;

/** The pause between two rounds. */
const PAUSE_MS = 250;

/** For so long a namespace must look empty: what was on its way into it when it was deleted may begin after that. */
const QUIET_MS = 10_000;

/** A round that failed is tried again after this time. */
const RETRY_MS = 5_000;

const DIVISION = { origin: 'predefined', name: 'TemporalNamespaceDivision', type: 'Keyword' } as const;

/** Schedules first, as they start more; then what users see, by an index; then what else a namespace division hides. */
const QUERIES: readonly ResolvedQuery[] = [
  { kind: 'oneOf', attribute: DIVISION, values: [SCHEDULE_DIVISION] },
  { kind: 'isNull', attribute: DIVISION },
  { kind: 'all', queries: [] },
];

export interface ReclaimerOptions {
  readonly host: Host;
  readonly store: Store;
  readonly engine: Engine;
  readonly namespaces: Namespaces;
  readonly onError: (message: string, error: unknown) => void;
}

/**
 * Empties deleted namespaces in the background, in small rounds, then removes them. What a restart interrupts goes on
 * where it was: what is left to do is what is still there.
 */
export class NamespaceReclaimer {
  readonly #options: ReclaimerOptions;
  /** When a namespace was found to be empty. */
  readonly #emptySinceMs = new Map<string, number>();
  #timer: HostTimer | undefined;
  #working = false;
  #stopped = false;

  constructor(options: ReclaimerOptions) {
    this.#options = options;
  }

  /** Goes on with what an earlier process has left, and with whatever is deleted from now on. */
  start(): void {
    this.#options.namespaces.whenReclaim(() => this.#arm(this.#options.host.now()));
    if (this.#options.namespaces.reclaims().length > 0) this.#arm(this.#options.host.now());
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #arm(atMs: number): void {
    if (this.#stopped || this.#working) return;
    this.#timer?.cancel();
    this.#timer = this.#options.host.setTimer(atMs, () => void this.#ring());
  }

  async #ring(): Promise<void> {
    const { host, namespaces, onError } = this.#options;
    this.#working = true;
    let nextAtMs = Infinity;
    for (const reclaim of namespaces.reclaims()) {
      try {
        nextAtMs = Math.min(nextAtMs, await this.#round(reclaim));
      } catch (error) {
        if (!this.#stopped) onError(`namespace ${reclaim.namespace.name} could not be emptied`, error);
        nextAtMs = Math.min(nextAtMs, host.now() + RETRY_MS);
      }
    }
    this.#working = false;
    // One that was deleted meanwhile was in no round.
    if (namespaces.reclaims().length > 0) this.#arm(Math.min(nextAtMs, host.now() + RETRY_MS));
  }

  /** When the next round of this namespace is due. */
  async #round({ namespace: { id }, delayMs }: Reclaim): Promise<number> {
    const { host, namespaces } = this.#options;
    if (await this.#removeSome(id)) {
      this.#emptySinceMs.delete(id);
      return host.now() + PAUSE_MS;
    }
    const sinceMs = this.#emptySinceMs.get(id) ?? host.now();
    this.#emptySinceMs.set(id, sinceMs);
    const goneAtMs = sinceMs + Math.max(delayMs, QUIET_MS);
    if (host.now() < goneAtMs) return goneAtMs;
    await namespaces.remove(id);
    this.#emptySinceMs.delete(id);
    return Infinity;
  }

  /** False if there is nothing left. Runs whose removal is under way are asked for it again, which changes nothing. */
  async #removeSome(namespaceId: string): Promise<boolean> {
    const { engine, store } = this.#options;
    for (const query of QUERIES) {
      const found = await store.listVisibility({ namespaceId, query, pageSize: RUNS_AT_A_TIME, after: undefined });
      if (found.length === 0) continue;
      await Promise.all(found.map((row) => engine.submit(keyOfRow(row), { kind: 'delete', runId: row.runId })));
      return true;
    }
    return false;
  }
}
