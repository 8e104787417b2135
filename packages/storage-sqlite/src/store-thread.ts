import { StoreError, StoreFailure } from '@perdure/storage/error';
import { Worker } from 'node:worker_threads';
import {
  type ThreadReply,
  type ThreadRequest,
  type ThreadResults,
  type ThreadSettings,
  unpackError,
} from './thread-protocol.ts';

interface Waiting {
  readonly resolve: (result: ThreadResults[ThreadRequest['kind']]) => void;
  readonly reject: (error: Error) => void;
}

/** The file beside this one, as source or as it is published. */
const BODY = new URL(
  import.meta.url.endsWith('.ts') ? './store-thread-main.ts' : './store-thread-main.js',
  import.meta.url,
);

/** A thread with a connection of its own. Starts at once; requests wait for it. */
export class StoreThread {
  /** Settles when the thread has opened its connection; rejects where it could not. */
  readonly ready: Promise<void>;
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  readonly #exited: Promise<void>;
  #isReady = false;
  #ended: Error | undefined;

  constructor(settings: ThreadSettings) {
    this.#worker = new Worker(BODY, { workerData: settings, name: `sqlite-${settings.role}` });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.ready = promise;
    promise.catch(() => undefined);
    this.#exited = new Promise((settle) => void this.#worker.once('exit', () => settle()));
    this.#worker.on('message', (reply: ThreadReply) => {
      if (reply.kind !== 'ready') return this.#settle(reply);
      this.#isReady = true;
      this.#letProcessEnd();
      resolve();
    });
    const end = (cause: unknown): void => reject(this.#end(cause));
    this.#worker.once('error', end);
    this.#worker.once('exit', end);
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** It runs, and nothing that it was asked for is left to do. */
  get isIdle(): boolean {
    return this.#isReady && this.#ended === undefined && this.#waiting.length === 0;
  }

  /** Asks for something; `transfer` names buffers that move over instead of being copied. */
  request<Request extends ThreadRequest>(
    request: Request,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<ThreadResults[Request['kind']]> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const { promise, resolve, reject } = Promise.withResolvers<ThreadResults[ThreadRequest['kind']]>();
    this.#waiting.push({ resolve, reject });
    this.#worker.ref();
    this.#worker.postMessage(request, [...transfer]);
    return promise as Promise<ThreadResults[Request['kind']]>;
  }

  /** Lets the thread finish what it was asked for, and end. */
  async close(): Promise<void> {
    this.#worker.ref();
    this.#worker.postMessage('close');
    await this.#exited;
  }

  /** Requests are answered in their order. */
  #settle(reply: Exclude<ThreadReply, { kind: 'ready' }>): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) throw new Error('invariant broken: a thread answered what nobody asked');
    this.#letProcessEnd();
    if (reply.kind === 'done') waiting.resolve(reply.result);
    else waiting.reject(unpackError(reply.error));
  }

  /** An idle thread does not keep the process alive. */
  #letProcessEnd(): void {
    if (this.#waiting.length === 0) this.#worker.unref();
  }

  /** What a thread that ended by itself had begun may be done or not. */
  #end(cause: unknown): Error {
    this.#ended ??= new StoreError(StoreFailure.Unavailable, 'A thread of the store ended: start the server anew.', {
      cause,
      outcomeUnknown: true,
      stopped: true,
    });
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#ended);
    return this.#ended;
  }
}
