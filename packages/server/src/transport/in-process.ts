import { isRejection, reject, type Rejection } from '@perdure/core';
import { findMethod, type MethodByPath, withDefaults } from '@perdure/proto';
import type { Handler, HandlerTable } from '../rpc/handler.ts';
import { Call, CallEnd } from './call.ts';
import { unroutedAnswer } from './grpc/router.ts';
import { replyMessage } from './reply-message.ts';

/** What an in-process call may carry. */
export interface InProcessCallOptions {
  /** An instant of the host's clock, milliseconds. The caller keeps it: it aborts the signal. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /** Names in lower case. */
  readonly headers?: ReadonlyMap<string, string>;
}

/** A reply as a message object, or a refusal. */
export type InProcessReply<Message> = { readonly kind: 'reply'; readonly message: Message } | Rejection;

const NO_HEADERS: ReadonlyMap<string, string> = new Map();

/**
 * Calls handlers with message objects, without a wire: for the embedded server, tests and the simulator. Requests and
 * replies have defaults behind them as decoded ones do. Payloads are not copied, so a caller changes neither what it
 * sends nor what it gets. Exceptions of handlers are passed on.
 */
export class InProcessCaller {
  readonly #handlers: HandlerTable;

  constructor(handlers: HandlerTable) {
    this.#handlers = handlers;
  }

  /** Calls a method by its full path. An encoded history is decoded here. */
  async call<Path extends keyof MethodByPath>(
    path: Path,
    request: MethodByPath[Path]['request'],
    options: InProcessCallOptions = {},
  ): Promise<InProcessReply<MethodByPath[Path]['reply']>> {
    const handler: Handler | undefined = this.#handlers.get(path);
    const method = findMethod(path);
    if (handler === undefined || method === undefined)
      return reject.unimplemented(unroutedAnswer(path, this.#handlers).message);
    const { deadlineMs, signal, headers = NO_HEADERS } = options;
    const call = new Call({ deadlineMs, headers: () => headers });
    const cancel = (): void => call.end(CallEnd.Canceled);
    if (signal?.aborted === true) cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      const reply = await handler(withDefaults(method.requestType, request) as never, call);
      if (isRejection(reply)) return reply;
      if (signal?.aborted === true) {
        call.undelivered();
        return reject.canceled('context canceled');
      }
      return { kind: 'reply', message: withDefaults(method.replyType, replyMessage(reply)) };
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }
}
