import type { Call } from '../call.ts';
import { type ReportError, serveUnary, STATUS_UNKNOWN, statusAnswer } from '../unary.ts';
import type { CallListener, GrpcStream } from './grpc-stream.ts';
import type { UnaryRoute } from './router.ts';

/** What a call of one message and one reply needs of its server. */
export interface UnaryServer {
  readonly reportError: ReportError;
  /** The message has come, or never will. */
  arrived(grpc: GrpcStream): void;
}

/** A call of one message and one reply. */
export class UnaryCall implements CallListener {
  readonly #server: UnaryServer;
  readonly #route: UnaryRoute;
  readonly #grpc: GrpcStream;
  readonly #call: Call;
  #state: 'waiting' | 'handling' | 'replied' = 'waiting';

  constructor(server: UnaryServer, route: UnaryRoute, grpc: GrpcStream, call: Call) {
    this.#server = server;
    this.#route = route;
    this.#grpc = grpc;
    this.#call = call;
  }

  message(bytes: Uint8Array): void {
    // Of a caller that breaks the rules and sends more, the first message counts, as with grpc-go.
    if (this.#state !== 'waiting') return;
    this.#state = 'handling';
    this.#server.arrived(this.#grpc);
    void this.#serve(bytes);
  }

  halfClose(): void {
    if (this.#state === 'waiting') this.#grpc.finish(statusAnswer(STATUS_UNKNOWN, 'EOF'));
  }

  closed(isDelivered: boolean): void {
    this.#server.arrived(this.#grpc);
    if (this.#state === 'replied' && !isDelivered) this.#call.undelivered();
  }

  async #serve(bytes: Uint8Array): Promise<void> {
    const { method, handler } = this.#route;
    const answer = await serveUnary(method, handler, bytes, this.#call, this.#server.reportError);
    const grpc = this.#grpc;
    try {
      if (answer.kind !== 'reply') return grpc.finish(answer, this.#call.replyHeaders);
      if (grpc.isClosed || grpc.isFinished) return this.#call.undelivered();
      this.#state = 'replied';
      grpc.reply(answer.bytes, this.#call.replyHeaders);
    } catch (error) {
      // Such as a reply header that HTTP/2 does not allow.
      this.#server.reportError(error, method.path);
      grpc.break();
    }
  }
}
