import { GrpcStatus } from '@perdure/core';
import { type Call, CallEnd } from '../call.ts';
import { ErrorCode } from '../http2/protocol.ts';
import type { Http2Stream, StreamListener } from '../http2/stream.ts';
import { STATUS_UNKNOWN, type StatusAnswer, statusAnswer } from '../unary.ts';
import type { Decompressor } from './decompress.ts';
import type { Deadline, Expiring } from './deadlines.ts';
import { FrameReader, type InboundBudget, wholeMessage } from './frames.ts';
import { okTrailers, refusalHead, replyHead, statusTrailers } from './headers.ts';

/** Takes what arrives of a call. */
export interface CallListener {
  message(bytes: Uint8Array): void;
  /** The caller will send no more. */
  halfClose(): void;
  /** The stream is over, for whatever reason; `isDelivered` where all that was sent has left. Called once. */
  closed(isDelivered: boolean): void;
}

/** What the streams of a server share. */
export interface GrpcStreamOwner {
  readonly messageSizeBytesMax: number;
  readonly budget: InboundBudget;
  readonly decompressor: Decompressor;
  /** The call is over. */
  ended(grpc: GrpcStream): void;
}

/** One gRPC call on an HTTP/2 stream: messages in, messages and a status out. */
export class GrpcStream implements StreamListener, Expiring {
  readonly call: Call;
  /** When its time is up, if ever. */
  deadline: Deadline | undefined;
  /** Since when its only message is waited for, milliseconds of `performance.now`; undefined when it is not. */
  awaitedSinceMs: number | undefined;
  readonly #stream: Http2Stream;
  readonly #owner: GrpcStreamOwner;
  /** Made for messages that do not come alone and whole. */
  #frames: FrameReader | undefined;
  #listener: CallListener | undefined;
  #isFinished = false;

  constructor(stream: Http2Stream, call: Call, owner: GrpcStreamOwner) {
    this.#stream = stream;
    this.call = call;
    this.#owner = owner;
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
    if (this.#frames === undefined) {
      const message = wholeMessage(from, start, end, this.#owner.messageSizeBytesMax);
      if (message !== undefined) return listener.message(message);
    }
    this.#frames ??= new FrameReader(this.#stream.head.encoding, this.#owner);
    const refusal = this.#frames.push(from.subarray(start, end), listener);
    if (refusal !== undefined) this.finish(refusal);
  }

  end(): void {
    if (this.#isFinished) return;
    if (this.#frames?.isBetweenMessages ?? true) this.#listener?.halfClose();
    else this.finish(statusAnswer(STATUS_UNKNOWN, 'unexpected EOF'));
  }

  closed(isDelivered: boolean): void {
    this.deadline?.delete(this);
    this.#frames?.close();
    this.#owner.ended(this);
    if (!this.#isFinished) this.call.end(CallEnd.Canceled);
    this.#listener?.closed(isDelivered);
  }

  /** Ends the call at its deadline, for callers that are too far gone to cancel it themselves. */
  expire(): void {
    this.call.end(CallEnd.DeadlineExceeded);
    this.finish(statusAnswer(GrpcStatus.DeadlineExceeded, 'context deadline exceeded'));
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
