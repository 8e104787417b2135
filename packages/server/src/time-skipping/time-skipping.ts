import { earliest, reject, type Rejection } from '@perdure/core';
import type { Host, HostTimer } from '../host/host.ts';
import type { StopSignal } from '../host/stop-signal.ts';

/** What the clock has to know of those who live by it. */
export interface TimeUser {
  /** How many tasks are out, each of which holds the time; infinity while anything else is under way. */
  readonly tasksAtWork: number;
  /** The earliest deadline; undefined where nothing waits for time. */
  nextDeadlineMs(): Promise<number | undefined>;
  /** The clock has jumped: what is due by now happens. */
  timeHasJumped(): void;
  /** Calls back whenever something has been written down and nothing else is to be at that moment. */
  whenWritten(callback: () => void): void;
}

/** What is under way and may end without anything written, such as a read or a query, is looked at again after this time. */
const LOOK_AGAIN_MS = 20;

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
  /** A look is about to begin; or one is under way, after which there has to be another one. */
  #looking: 'no' | 'soon' | 'now' | 'again' = 'no';

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
    user.whenWritten(() => this.#lookSoon());
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
  sleepUntil(atMs: number, signal: StopSignal): Promise<void> {
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
      this.#lookSoon();
      signal.addEventListener('abort', wake);
      if (signal.aborted) wake();
    });
  }

  /** Nobody holds the time. */
  get #isFree(): boolean {
    return this.#locks + (this.#user?.tasksAtWork ?? 0) <= 0;
  }

  /** Looks, once what is at hand has been taken in, whether there is nothing but time to wait for. */
  #lookSoon(): void {
    if (this.#user === undefined || this.#locks > 0) return;
    if (this.#looking === 'now') this.#looking = 'again';
    if (this.#looking !== 'no') return;
    this.#looking = 'soon';
    this.#look?.cancel();
    this.#inner.defer(() => void this.#lookNow());
  }

  async #lookNow(): Promise<void> {
    this.#looking = 'now';
    let outcome: Outcome = 'under way';
    try {
      outcome = await this.#jump(this.#user);
    } finally {
      const again = (this.#looking as string) === 'again';
      this.#looking = 'no';
      if (again) this.#lookSoon();
      else if (outcome === 'under way' && this.#user !== undefined) {
        this.#look = this.#inner.setTimer(this.#inner.now() + LOOK_AGAIN_MS, () => this.#lookSoon());
      }
    }
  }

  async #jump(user: TimeUser | undefined): Promise<Outcome> {
    // Whoever is at work writes something down in the end.
    if (user === undefined || this.#locks > 0) return 'waits';
    if (!this.#isFree) return user.tasksAtWork === Infinity ? 'under way' : 'waits';
    const deadlineMs = await user.nextDeadlineMs();
    // While that was read, something may have begun.
    if (!this.#isFree) return 'under way';
    const sleepers = [...this.#sleepers];
    const targetMs = sleepers.map(({ atMs }) => atMs).reduce<number | undefined>(earliest, deadlineMs);
    if (targetMs === undefined) return 'waits';
    if (targetMs <= this.now()) return 'under way';
    this.#offsetMs += Math.ceil(targetMs) - this.now();
    for (const { atMs, wake } of sleepers) if (atMs <= this.now()) wake();
    user.timeHasJumped();
    return 'under way';
  }
}

/** What came of a look; `waits`: the next one is worth it only after something has happened. */
type Outcome = 'under way' | 'waits';
