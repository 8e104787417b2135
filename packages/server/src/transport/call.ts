import { StopSource, type StopSignal } from '../host/stop-signal.ts';
import type { CallContext } from '../rpc/handler.ts';

/** Why a call's signal was aborted. */
export const CallEnd = {
  /** The caller cancelled, or its connection is gone. */
  Canceled: 'canceled',
  DeadlineExceeded: 'deadline exceeded',
  /** The server is about to stop: long polls should answer what they have. The caller is still there. */
  Draining: 'draining',
} as const;
export type CallEnd = (typeof CallEnd)[keyof typeof CallEnd];

/** What a call is made of, whatever carries it. */
export interface CallOptions {
  /** See `CallContext.deadlineMs`. */
  readonly deadlineMs: number | undefined;
  /** Gives the headers when they are first asked for. */
  readonly headers: () => ReadonlyMap<string, string>;
  /** See `CallContext.certificateNames`. */
  readonly certificateNames?: readonly string[] | undefined;
}

const NO_NAMES: readonly string[] = [];

/** One call as its handler sees it, and the transport's side of it. */
export class Call implements CallContext {
  readonly deadlineMs: number | undefined;
  readonly certificateNames: readonly string[];
  /** Headers that the handler has set, if any. */
  replyHeaders: Record<string, string> | undefined;
  readonly #makeHeaders: () => ReadonlyMap<string, string>;
  #headers: ReadonlyMap<string, string> | undefined;
  /** Ends with the first of its reasons, a `CallEnd`. */
  readonly #end = new StopSource();
  #undelivered: (() => void) | undefined;

  constructor({ deadlineMs, headers, certificateNames = NO_NAMES }: CallOptions) {
    this.deadlineMs = deadlineMs;
    this.certificateNames = certificateNames;
    this.#makeHeaders = headers;
  }

  get headers(): ReadonlyMap<string, string> {
    this.#headers ??= this.#makeHeaders();
    return this.#headers;
  }

  get signal(): StopSignal {
    return this.#end;
  }

  setReplyHeader(name: string, value: string): void {
    this.replyHeaders ??= {};
    this.replyHeaders[name.toLowerCase()] = value;
  }

  onUndelivered(callback: () => void): void {
    this.#undelivered = callback;
  }

  /** Aborts the signal. Only the first reason counts. */
  end(reason: CallEnd): void {
    this.#end.abort(reason);
  }

  /** Says that the reply did not leave. */
  undelivered(): void {
    const callback = this.#undelivered;
    this.#undelivered = undefined;
    callback?.();
  }
}
