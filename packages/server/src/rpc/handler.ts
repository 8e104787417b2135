import type { Rejection } from '@perdure/core';
import type { HistoryPath } from '@perdure/proto';
import type { StopSignal } from '../host/stop-signal.ts';

/** What a handler may know of the call that it serves: nothing of gRPC or HTTP. */
export interface CallContext {
  /**
   * Aborted when the caller goes away, its deadline passes or the server stops serving long polls; the reason is a
   * `CallEnd` of the transport.
   */
  readonly signal: StopSignal;
  /** The caller's deadline as an instant of the host's clock, in milliseconds; undefined where it set none. */
  readonly deadlineMs: number | undefined;
  /** Request headers in lower case; of a repeated one the first. */
  readonly headers: ReadonlyMap<string, string>;
  /** DNS names and URIs of the client certificate that was verified; none without one. */
  readonly certificateNames: readonly string[];
  /** Adds a header to the reply, before or after the handler settles. */
  setReplyHeader(name: string, value: string): void;
  /**
   * The callback is run once if the call ends before its reply has left, so that what the reply gave away (a task) can
   * be taken back. Not run for a refusal. A later callback replaces an earlier one.
   */
  onUndelivered(callback: () => void): void;
}

/**
 * A reply whose history is already encoded: slices of `temporal.api.history.v1.History`, to be spliced into the
 * encoded reply in this order. Callers that look inside decode them.
 */
export interface EncodedHistory {
  readonly slices: readonly Uint8Array[];
  /** Where in the message it belongs, `['history']` by default; `['workflowTask', 'history']` reaches a nested one. */
  readonly path?: HistoryPath;
}

/** A method's answer: a message of its reply type, or a refusal. */
export type Reply<Message = object> = { readonly message: Message; readonly history?: EncodedHistory } | Rejection;

/** Serves one method of one service, whatever carried the call. */
export type Handler<Request = never> = (request: Request, context: CallContext) => Promise<Reply> | Reply;

/** Handlers by the method's full path, such as `/temporal.api.workflowservice.v1.WorkflowService/GetSystemInfo`. */
export type HandlerTable = ReadonlyMap<string, Handler<never>>;
