/** What clients have been told, for those who check it later. */
export class Facts {
  readonly #startedRuns = new Map<string, { readonly namespace: string; readonly workflowId: string }>();
  readonly #signals = new Map<string, string[]>();
  readonly counts = new Map<string, number>();

  /** Runs that a client knows of, the one heard of last at the end. */
  get runs(): readonly { readonly namespace: string; readonly workflowId: string; readonly runId: string }[] {
    return Array.from(this.#startedRuns, ([runId, run]) => ({ runId, ...run }));
  }

  started(namespace: string, workflowId: string, runId: string): void {
    this.#startedRuns.delete(runId);
    this.#startedRuns.set(runId, { namespace, workflowId });
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
