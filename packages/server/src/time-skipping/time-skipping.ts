import { earliest, reject, type Rejection } from '@perdure/core';
import type { Host, HostTimer } from '../host/host.ts';

/** What the clock has to know of those who live by it. */
export interface TimeUser {
  /** How many tasks are out, each of which holds the time; infinity while anything else is under way. */
  readonly tasksAtWork: number;
  /** The earliest deadline; undefined where nothing waits for time. */
  nextDeadlineMs(): Promise<number | undefined>;
  /** The clock has jumped: what is due by now happens. */
  timeHasJumped(): void;
}

/** How often it is looked whether there is nothing but time to wait for. */
const LOOK_MS = 5;

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/**
 * A clock for tests: while it is not locked it jumps to the next deadline whenever nothing but time is awaited, else it runs
 * as the host's. Locks are counted, and whoever is at work holds one: so an activity that unlocks the time and sleeps, as
 * mocks in tests do, lets it jump. Semantics: Temporal's test server (sdk-java, testservice/SelfAdvancingTimerImpl).
 *
 * Only the clock jumps: a timer of the host still takes as long as it said, so that long polls last as they should.
 * Deadlines of runs and schedules are found by the jump itself.
 */
export class TimeSkipping {
  readonly host: Host;
  readonly #inner: Host;
  readonly #sleepers = new Set<Sleeper>();
  #offsetMs = 0;
  /** Fewer than none while those at work have given theirs away. */
  #locks: number;
  #user: TimeUser | undefined;
  #look: HostTimer | undefined;

  /** `locked`: time runs as usual until it is unlocked. */
  constructor(inner: Host, start: 'locked' | 'unlocked') {
    this.#inner = inner;
    this.#locks = start === 'locked' ? 1 : 0;
    this.host = {
      now: () => this.now(),
      setTimer: (atMs, callback) => inner.setTimer(inner.now() + atMs - this.now(), callback),
      defer: (callback) => inner.defer(callback),
      randomBytes: (length) => inner.randomBytes(length),
      uuid: () => inner.uuid(),
      post: (request) => inner.post(request),
    };
  }

  now(): number {
    return this.#inner.now() + this.#offsetMs;
  }

  /** From now on it may jump, where it is not locked. */
  start(user: TimeUser): void {
    this.#user = user;
    this.#lookSoon();
  }

  stop(): void {
    this.#user = undefined;
    this.#look?.cancel();
  }

  lock(): void {
    this.#locks += 1;
  }

  /** Takes one lock away; refused where there is none. */
  unlock(): Rejection | undefined {
    if (this.#isFree) return reject.failedPrecondition('Unbalanced lock and unlock calls');
    this.#locks -= 1;
    this.#lookSoon();
    return undefined;
  }

  /** Waits until that instant of this clock, or until the signal aborts. */
  sleepUntil(atMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#sleepers.delete(sleeper);
        timer.cancel();
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper = { atMs, wake };
      const timer = this.host.setTimer(atMs, wake);
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', wake, { once: true });
      if (signal.aborted) wake();
    });
  }

  /** Nobody holds the time. */
  get #isFree(): boolean {
    return this.#locks + (this.#user?.tasksAtWork ?? 0) <= 0;
  }

  #lookSoon(): void {
    this.#look?.cancel();
    if (this.#user === undefined || this.#locks > 0) return;
    this.#look = this.#inner.setTimer(this.#inner.now() + LOOK_MS, () => {
      void this.#jump(this.#user).finally(() => this.#lookSoon());
    });
  }

  async #jump(user: TimeUser | undefined): Promise<void> {
    if (user === undefined || !this.#isFree) return;
    const deadlineMs = await user.nextDeadlineMs();
    // While that was read, something may have begun.
    if (!this.#isFree) return;
    const sleepers = [...this.#sleepers];
    const targetMs = sleepers.map(({ atMs }) => atMs).reduce<number | undefined>(earliest, deadlineMs);
    if (targetMs === undefined || targetMs <= this.now()) return;
    this.#offsetMs += Math.ceil(targetMs) - this.now();
    for (const { atMs, wake } of sleepers) if (atMs <= this.now()) wake();
    user.timeHasJumped();
  }
}
