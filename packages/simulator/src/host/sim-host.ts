import type { Random } from '../kernel/random.ts';
import type { Scheduled, Scheduler } from '../kernel/scheduler.ts';
import { createUuidSource, type Host, type HostTimer, type HttpReply, type HttpRequest } from '@perdure/server/testing';

/** The instant, in milliseconds since 1970, at which virtual time begins. */
export const EPOCH_MS = 1_700_000_000_000;

/** A timer notices a clock that has jumped after this time at the latest, as on a real host. */
const SLEEP_MAX_MS = 10_000;

/** The clock of the machine, which outlives its processes. It may be set back or forward while they run. */
export class WallClock {
  readonly #scheduler: Scheduler;
  /** True if the clock may jump, so that timers must look at it now and then. */
  readonly jumps: boolean;
  #offsetMs = 0;
  /** When it was set forward, in virtual time, and by how much. */
  readonly #leaps: { readonly atMs: number; readonly byMs: number }[] = [];
  /** The latest instant that it has shown. */
  latestMs = 0;

  constructor(scheduler: Scheduler, jumps: boolean) {
    this.#scheduler = scheduler;
    this.jumps = jumps;
  }

  now(): number {
    const nowMs = EPOCH_MS + this.#scheduler.nowMs + this.#offsetMs;
    this.latestMs = Math.max(this.latestMs, nowMs);
    return nowMs;
  }

  /** Sets it forward, or back. */
  setBy(jumpMs: number): void {
    this.#offsetMs += jumpMs;
    if (jumpMs > 0) this.#leaps.push({ atMs: this.#scheduler.nowMs, byMs: jumpMs });
  }

  /** By how much at most two instants that it has shown within so much virtual time until now differ. */
  passedWithin(virtualMs: number): number {
    const sinceMs = this.#scheduler.nowMs - virtualMs;
    return this.#leaps.reduce((sum, { atMs, byMs }) => (atMs >= sinceMs ? sum + byMs : sum), virtualMs);
  }
}

/** The host of one process: when the process is dead, nothing that it has asked for happens any more. */
export class SimHost implements Host {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #clock: WallClock;
  readonly #outside: (request: HttpRequest) => Promise<HttpReply>;
  readonly uuid: () => string;
  #alive = true;

  /** `outside`: other people's servers. */
  constructor(
    scheduler: Scheduler,
    random: Random,
    clock: WallClock,
    outside: (request: HttpRequest) => Promise<HttpReply>,
  ) {
    this.#outside = outside;
    this.#scheduler = scheduler;
    this.#random = random;
    this.#clock = clock;
    this.uuid = createUuidSource(
      () => clock.now(),
      (length) => random.bytes(length),
    );
  }

  get isAlive(): boolean {
    return this.#alive;
  }

  kill(): void {
    this.#alive = false;
  }

  now(): number {
    return this.#clock.now();
  }

  setTimer(atMs: number, callback: () => void): HostTimer {
    let scheduled: Scheduled;
    const sleep = (): void => {
      const delayMs = Math.max(atMs - this.now(), 0);
      const pieceMs = this.#clock.jumps ? Math.min(delayMs, SLEEP_MAX_MS) : delayMs;
      scheduled = this.#scheduler.after(pieceMs, wake);
    };
    const wake = (): void => {
      if (!this.#alive) return;
      if (this.now() < atMs) sleep();
      else callback();
    };
    sleep();
    return { cancel: () => scheduled.cancel() };
  }

  defer(callback: () => void): void {
    this.#scheduler.after(0, () => {
      if (this.#alive) callback();
    });
  }

  post(request: HttpRequest): Promise<HttpReply> {
    return new Promise((resolve, reject) => {
      const ifAlive = (settle: () => void): void => {
        if (this.#alive) settle();
      };
      this.#outside(request).then(
        (reply) => ifAlive(() => resolve(reply)),
        (error: unknown) => ifAlive(() => reject(error as Error)),
      );
    });
  }

  randomBytes(length: number): Uint8Array {
    return this.#random.bytes(length);
  }
}
