/** Something that a fiber waits for. */
export interface Future {
  done: boolean;
  /** How it ended: a word for the workflow's result. */
  outcome: string;
}

export function newFuture(): Future {
  return { done: false, outcome: '' };
}

/** A line of execution within a workflow: it stops at each future that is not done. */
export type Fiber = Generator<Future, void, void>;

interface Running {
  readonly fiber: Fiber;
  readonly end: Future;
  waitsFor: Future | undefined;
}

/** The fibers of one workflow. They go on in the order in which they began, so that the same events give the same steps. */
export class Fibers {
  #running: Running[] = [];

  /** Begins a fiber; the future is done when it ends. */
  spawn(fiber: Fiber): Future {
    const end = newFuture();
    this.#running.push({ fiber, end, waitsFor: undefined });
    return end;
  }

  /** Lets every fiber go on as far as it can. */
  run(): void {
    for (let moved = true; moved;) {
      moved = false;
      for (const running of [...this.#running]) {
        if (running.waitsFor?.done === false) continue;
        moved = true;
        this.#advance(running);
      }
    }
  }

  #advance(running: Running): void {
    const next = running.fiber.next();
    if (next.done !== true) {
      running.waitsFor = next.value;
      return;
    }
    running.end.done = true;
    this.#running = this.#running.filter((other) => other !== running);
  }
}

/** Waits until any of them is done. */
export function* any(...futures: readonly Future[]): Fiber {
  const some: Future = {
    get done() {
      return futures.some((future) => future.done);
    },
    outcome: '',
  };
  if (!some.done) yield some;
}
