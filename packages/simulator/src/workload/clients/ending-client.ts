import { toDuration } from '@perdure/core';
import { isTransient } from '../actor.ts';
import { Client } from './client.ts';

/** Some time in the storm. */
const WAITS_MAX_MS = 30_000;

/** Deletes the namespace that is doomed, with all that goes on in it. */
export class EndingClient extends Client {
  protected override readonly pauseMaxMs = 2_000;
  readonly #atMs = this.random.int(0, WAITS_MAX_MS);
  #deleted = false;

  protected override async act(): Promise<void> {
    if (this.stage.scheduler.nowMs >= this.#atMs) await this.#delete();
  }

  /** Whatever the storm has made of it, it goes. */
  protected override async finish(): Promise<void> {
    while (!this.#deleted) await this.#delete();
  }

  async #delete(): Promise<void> {
    const { doomed: namespace, facts } = this.context;
    if (namespace === undefined || this.#deleted) {
      this.#deleted = true;
      return;
    }
    const namespaceDeleteDelay = toDuration(this.random.pick([0, 0, 5_000]));
    const outcome = await this.persist('DeleteNamespace', { namespace, namespaceDeleteDelay });
    facts.count(`delete namespace ${outcome.kind}`);
    // Refused where an earlier try that nobody heard of has deleted it.
    this.#deleted = !isTransient(outcome);
  }
}
