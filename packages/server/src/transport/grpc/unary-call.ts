import { type ReportError, serveUnary, STATUS_UNKNOWN, statusAnswer } from '../unary.ts';
import type { CallListener, GrpcStream } from './grpc-stream.ts';
import type { UnaryRoute } from './router.ts';

/** A call of one message and one reply. */
export class UnaryCall implements CallListener {
  readonly #route: UnaryRoute;
  readonly #grpc: GrpcStream;
  readonly #reportError: ReportError;
  #state: 'waiting' | 'handling' | 'replied' = 'waiting';

  constructor(route: UnaryRoute, grpc: GrpcStream, reportError: ReportError) {
    this.#route = route;
    this.#grpc = grpc;
    this.#reportError = reportError;
  }

  message(bytes: Uint8Array): void {
    // Of a caller that breaks the rules and sends more, the first message counts, as with grpc-go.
    if (this.#state !== 'waiting') return;
    this.#state = 'handling';
    this.#grpc.awaitedSinceMs = undefined;
    void this.#serve(bytes);
  }

  halfClose(): void {
    if (this.#state === 'waiting') this.#grpc.finish(statusAnswer(STATUS_UNKNOWN, 'EOF'));
  }

  closed(isDelivered: boolean): void {
    if (this.#state === 'replied' && !isDelivered) this.#grpc.call.undelivered();
  }

  async #serve(bytes: Uint8Array): Promise<void> {
    const { method, handler } = this.#route;
    const grpc = this.#grpc;
    const { call } = grpc;
    const answer = await serveUnary(method, handler, bytes, call, this.#reportError);
    try {
      if (answer.kind !== 'reply') return grpc.finish(answer, call.replyHeaders);
      if (grpc.isClosed || grpc.isFinished) return call.undelivered();
      this.#state = 'replied';
      grpc.reply(answer.bytes, call.replyHeaders);
    } catch (error) {
      // Such as a reply header that HTTP/2 does not allow.
      this.#reportError(error, method.path);
      grpc.break();
    }
  }
}
