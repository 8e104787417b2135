import type { WallClock } from '../host/sim-host.ts';
import type { Random } from '../kernel/random.ts';
import type { Scheduler } from '../kernel/scheduler.ts';
import type { Trace } from '../kernel/trace.ts';

export interface GremlinOptions {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly trace: Trace;
  readonly clock: WallClock;
  readonly crashEveryMs: number;
  /** Crashes the server, if there is one. */
  readonly crash: () => void;
  /** True once no more harm may be done. */
  readonly isOver: () => boolean;
}

/** Farthest that the clock is set back or forward. */
const JUMP_MAX_MS = 20_000;

/** Does what comes from nowhere: crashes at any moment, and a clock that is set. */
export class Gremlin {
  readonly #options: GremlinOptions;

  constructor(options: GremlinOptions) {
    this.#options = options;
  }

  start(): void {
    const { clock, crashEveryMs } = this.#options;
    if (crashEveryMs > 0) this.#every(crashEveryMs, () => this.#options.crash());
    if (clock.jumps) this.#every(8_000, () => this.#setClock());
  }

  #every(meanMs: number, harm: () => void): void {
    const { scheduler, random, isOver } = this.#options;
    scheduler.after(random.int(1, 2 * meanMs), () => {
      if (isOver()) return;
      harm();
      this.#every(meanMs, harm);
    });
  }

  #setClock(): void {
    const { clock, random, trace, scheduler } = this.#options;
    const jumpMs = random.int(-JUMP_MAX_MS, JUMP_MAX_MS);
    clock.setBy(jumpMs);
    trace.note(scheduler.nowMs, `clock: set by ${jumpMs} ms`);
  }
}
