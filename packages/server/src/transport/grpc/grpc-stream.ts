import { ErrorCode } from '../http2/protocol.ts';
import type { Http2Stream, StreamListener } from '../http2/stream.ts';
import { STATUS_UNKNOWN, type StatusAnswer, statusAnswer } from '../unary.ts';
import { FrameReader, type InboundBudget } from './frames.ts';
import { okTrailers, refusalHead, replyHead, statusTrailers } from './headers.ts';

/** Takes what arrives of a call. */
export interface CallListener {
  message(bytes: Uint8Array): void;
  /** The caller will send no more. */
  halfClose(): void;
  /** The stream is over, for whatever reason; `isDelivered` where all that was sent has left. Called once. */
  closed(isDelivered: boolean): void;
}

/** What a stream needs to know of its call. */
export interface GrpcStreamOptions {
  readonly messageSizeBytesMax: number;
  readonly budget: InboundBudget;
}

/** One gRPC call on an HTTP/2 stream: messages in, messages and a status out. */
export class GrpcStream implements StreamListener {
  readonly #stream: Http2Stream;
  readonly #frames: FrameReader;
  #listener: CallListener | undefined;
  #isFinished = false;

  constructor(stream: Http2Stream, { messageSizeBytesMax, budget }: GrpcStreamOptions) {
    this.#stream = stream;
    this.#frames = new FrameReader(stream.head.encoding, messageSizeBytesMax, budget);
  }

  /** True once the stream is over: nothing that is sent can arrive. */
  get isClosed(): boolean {
    return this.#stream.isGone;
  }

  /** True once the status is sent. */
  get isFinished(): boolean {
    return this.#isFinished;
  }

  listen(listener: CallListener): void {
    this.#listener = listener;
    this.#stream.listen(this);
  }

  data(from: Buffer, start: number, end: number): void {
    const listener = this.#listener;
    if (this.#isFinished || listener === undefined) return;
    const refusal = this.#frames.push(from, start, end, listener);
    if (refusal !== undefined) this.finish(refusal);
  }

  end(): void {
    if (this.#isFinished) return;
    if (this.#frames.isBetweenMessages) this.#listener?.halfClose();
    else this.finish(statusAnswer(STATUS_UNKNOWN, 'unexpected EOF'));
  }

  closed(isDelivered: boolean): void {
    this.#frames.close();
    this.#listener?.closed(isDelivered);
  }

  /** Sends a message of a stream of them. */
  send(message: Uint8Array): void {
    if (this.#isFinished || this.isClosed) return;
    this.#sendHead();
    this.#stream.sendMessage(message);
  }

  /** Sends the only message and the status OK. Throws for a header that cannot be sent. */
  reply(message: Uint8Array, headers: Readonly<Record<string, string>> | undefined): void {
    if (this.#isFinished || this.isClosed) return;
    this.#isFinished = true;
    this.#stream.sendReply(replyHead(this.#contentType, headers), message, okTrailers);
  }

  /** Ends the call with a status that is not OK. Throws for a header that cannot be sent. */
  finish(answer: StatusAnswer, headers?: Readonly<Record<string, string>>): void {
    if (this.#isFinished || this.isClosed) return;
    this.#isFinished = true;
    if (this.#stream.hasSentHeaders) this.#stream.sendTrailers(statusTrailers(answer));
    else this.#stream.sendHeaders(refusalHead(200, this.#contentType, answer, headers), true);
  }

  /** Cuts the call off without a status, where none can be sent. */
  break(): void {
    this.#isFinished = true;
    this.#stream.reset(ErrorCode.InternalError);
  }

  /** Ends a stream of messages with the status OK. */
  finishOk(): void {
    if (this.#isFinished || this.isClosed) return;
    this.#isFinished = true;
    this.#sendHead();
    this.#stream.sendTrailers(okTrailers);
  }

  get #contentType(): string {
    return this.#stream.head.contentType ?? '';
  }

  #sendHead(): void {
    if (!this.#stream.hasSentHeaders) this.#stream.sendHeaders(replyHead(this.#contentType, undefined), false);
  }
}
