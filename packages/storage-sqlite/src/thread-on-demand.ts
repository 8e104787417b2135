import type { StoreThread } from './store-thread.ts';
import type { ThreadRequest, ThreadResults } from './thread-protocol.ts';

/** How long a thread stays that nobody asks for anything: it has 20 MB of its own, and takes 60 ms to start. */
const IDLE_MS = 10_000;

/** A thread that is started when it is needed, and ends when it has not been for a while. */
export class ThreadOnDemand {
  readonly #start: () => StoreThread;
  readonly #idleMs: number;
  #thread: StoreThread | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(start: () => StoreThread, idleMs = IDLE_MS) {
    this.#start = start;
    this.#idleMs = idleMs;
  }

  /** Whether it answers without having to start first. */
  get isReady(): boolean {
    return this.#thread?.isReady ?? false;
  }

  /** Starts it, unless it is there. Settles when it has opened its connection; rejects where it could not. */
  ready(): Promise<void> {
    return this.#inUse().ready;
  }

  /** Asks for something, as `StoreThread.request` does. */
  request<Request extends ThreadRequest>(
    request: Request,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<ThreadResults[Request['kind']]> {
    return this.#inUse().request(request, transfer);
  }

  /** Lets it finish what it was asked for, and end. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    this.#idle = undefined;
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.close();
  }

  #inUse(): StoreThread {
    if (this.#idle === undefined) this.#idle = setTimeout(() => this.#endIfIdle(), this.#idleMs).unref();
    else this.#idle.refresh();
    return (this.#thread ??= this.#start());
  }

  #endIfIdle(): void {
    // One that failed stays, to say so to whoever asks.
    if (this.#thread?.isIdle === true) void this.close();
    else this.#idle?.refresh();
  }
}
