import { isRejection, reject, type Rejection } from '@perdure/core';
import type { UpdateOutcome } from '@perdure/proto/types';
import type { StopSignal } from '../host/stop-signal.ts';

/** What those who wait for an update of a lost shard are told; they ask again. Temporal: update/errors_failures.go. */
const LOST = reject.unavailable('workflow update was aborted');

/** How far a caller wants an update to come before it is answered. */
export type AwaitedStage = 'admitted' | 'accepted' | 'completed';

/** Follows one update of one run from the moment at which it is made. */
export class UpdateWatch {
  readonly #forget: (watch: UpdateWatch) => void;
  #accepted = false;
  #outcome: UpdateOutcome | Rejection | undefined;
  #wake: (() => void) | undefined;

  constructor(forget: (watch: UpdateWatch) => void) {
    this.#forget = forget;
  }

  /** Whether the workflow has taken the update up since the watch was made. */
  get isAccepted(): boolean {
    return this.#accepted;
  }

  /** What has become of the update since then. */
  get outcome(): UpdateOutcome | Rejection | undefined {
    return this.#outcome;
  }

  /** Waits until the update is so far or at its end, or until the signal aborts. */
  until(stage: AwaitedStage, signal: StopSignal): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        const reached = stage === 'admitted' || (stage === 'accepted' && this.#accepted);
        if (!reached && this.#outcome === undefined && !signal.aborted) return;
        this.#wake = undefined;
        signal.removeEventListener('abort', look);
        resolve();
      };
      this.#wake = look;
      signal.addEventListener('abort', look);
      look();
    });
  }

  accept(): void {
    this.#accepted = true;
    this.#wake?.();
  }

  settle(outcome: UpdateOutcome | Rejection): void {
    this.#outcome ??= outcome;
    if (!isRejection(outcome)) this.#accepted = true;
    this.#wake?.();
  }

  close(): void {
    this.#forget(this);
  }
}

/** Those who wait for updates. They are told what is durable; nothing of theirs is. */
export class Updates {
  /** By shard, then by run and update id. */
  readonly #watches = new Map<number, Map<string, Set<UpdateWatch>>>();

  /** To be called in the step in which the update is admitted or found, so that nothing is missed. */
  watch(shard: number, runId: string, updateId: string): UpdateWatch {
    const ofShard = this.#watches.get(shard) ?? new Map<string, Set<UpdateWatch>>();
    this.#watches.set(shard, ofShard);
    const name = nameOf(runId, updateId);
    const watches = ofShard.get(name) ?? new Set();
    ofShard.set(name, watches);
    const watch = new UpdateWatch((done) => {
      watches.delete(done);
      if (watches.size === 0 && ofShard.get(name) === watches) ofShard.delete(name);
    });
    watches.add(watch);
    return watch;
  }

  /** The update has been accepted. */
  accepted(shard: number, runId: string, updateId: string): void {
    for (const watch of this.#find(shard, runId, updateId)) watch.accept();
  }

  /** The update is at its end. */
  settled(shard: number, runId: string, updateId: string, outcome: UpdateOutcome | Rejection): void {
    for (const watch of this.#find(shard, runId, updateId)) watch.settle(outcome);
  }

  /** A shard starts over: what was merely admitted is gone. */
  lose(shard: number): void {
    const ofShard = this.#watches.get(shard);
    this.#watches.delete(shard);
    for (const watches of ofShard?.values() ?? []) for (const watch of watches) watch.settle(LOST);
  }

  #find(shard: number, runId: string, updateId: string): readonly UpdateWatch[] {
    return [...(this.#watches.get(shard)?.get(nameOf(runId, updateId)) ?? [])];
  }
}

function nameOf(runId: string, updateId: string): string {
  return `${runId}/${updateId}`;
}
