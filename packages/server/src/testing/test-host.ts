import type { Host, HostTimer, HttpReply, HttpRequest } from '../host/host.ts';

/** A host whose clock stands still until a test moves it. What is deferred runs when the test says so. */
export class TestHost implements Host {
  #nowMs: number;
  #ids = 0;
  /** What was sent to others, and how they answer. */
  readonly posts: HttpRequest[] = [];
  answerPost: (request: HttpRequest) => number = () => 200;
  readonly #timers = new Set<{ atMs: number; callback: () => void }>();
  #deferred: (() => void)[] = [];

  constructor(nowMs = 1_000_000) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  setTimer(atMs: number, callback: () => void): HostTimer {
    const timer = { atMs, callback };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  defer(callback: () => void): void {
    this.#deferred.push(callback);
  }

  randomBytes(length: number): Uint8Array {
    return new Uint8Array(length).fill(7);
  }

  post(request: HttpRequest): Promise<HttpReply> {
    this.posts.push(request);
    return Promise.resolve({
      status: this.answerPost(request),
      statusText: 'said so',
      headers: new Map(),
      body: new Uint8Array(0),
    });
  }

  uuid(): string {
    this.#ids += 1;
    return `00000000-0000-7000-8000-${String(this.#ids).padStart(12, '0')}`;
  }

  /** Runs what was deferred and lets promises settle, until nothing is left to do at this instant. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 3;) {
      await new Promise((resolve) => setImmediate(resolve));
      const deferred = this.#deferred;
      this.#deferred = [];
      for (const callback of deferred) callback();
      quiet = deferred.length === 0 ? quiet + 1 : 0;
    }
  }

  /** Moves the clock and runs the timers on the way, in order. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > untilMs) break;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
      await this.settle();
    }
    this.#nowMs = untilMs;
    await this.settle();
  }
}
