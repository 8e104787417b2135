/** An update, and the run that has it. */
export interface KnownUpdate {
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly updateId: string;
}

const NONE: ReadonlySet<string> = new Set();

/** What clients have been told, for those who check it later. */
export class Facts {
  readonly #startedRuns = new Map<string, { readonly namespace: string; readonly workflowId: string }>();
  readonly #signals = new Map<string, string[]>();
  readonly #updates = new Map<string, KnownUpdate>();
  readonly #accepted = new Map<string, ReadonlySet<string>>();
  readonly counts = new Map<string, number>();

  /** Runs that a client knows of, the one heard of last at the end. */
  get runs(): readonly { readonly namespace: string; readonly workflowId: string; readonly runId: string }[] {
    return Array.from(this.#startedRuns, ([runId, run]) => ({ runId, ...run }));
  }

  started(namespace: string, workflowId: string, runId: string): void {
    this.#startedRuns.delete(runId);
    this.#startedRuns.set(runId, { namespace, workflowId });
  }

  updated(update: KnownUpdate, isAccepted: boolean): void {
    this.#updates.set(`${update.runId}/${update.updateId}`, update);
    if (isAccepted) this.#accepted.set(update.runId, new Set(this.updatesOf(update.runId)).add(update.updateId));
  }

  /** Updates that a client knows of, in the order in which they were first heard of. */
  get updates(): readonly KnownUpdate[] {
    return [...this.#updates.values()];
  }

  /** The updates that a run has accepted as far as clients know. */
  updatesOf(runId: string): ReadonlySet<string> {
    return this.#accepted.get(runId) ?? NONE;
  }

  signaled(runId: string, signalId: string): void {
    this.#signals.set(runId, [...(this.#signals.get(runId) ?? []), signalId]);
  }

  /** The signals that a run has taken as far as clients know. */
  signalsOf(runId: string): readonly string[] {
    return this.#signals.get(runId) ?? [];
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
}
