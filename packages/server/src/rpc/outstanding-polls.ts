/** Long polls under way on sticky queues, so that a worker which says goodbye is let go at once. */
export class OutstandingPolls {
  readonly #byQueue = new Map<string, Set<AbortController>>();

  /** Notes a poll until the returned function is called. */
  add(namespaceId: string, queue: string, controller: AbortController): () => void {
    const name = `${namespaceId}/${queue}`;
    const polls = this.#byQueue.get(name) ?? new Set();
    this.#byQueue.set(name, polls.add(controller));
    return () => {
      polls.delete(controller);
      if (polls.size === 0 && this.#byQueue.get(name) === polls) this.#byQueue.delete(name);
    };
  }

  /** Ends all polls of a queue; they answer empty. */
  end(namespaceId: string, queue: string): void {
    for (const controller of this.#byQueue.get(`${namespaceId}/${queue}`) ?? []) controller.abort();
  }
}
