import { constants, type ServerHttp2Stream } from 'node:http2';
import { STATUS_UNKNOWN, type StatusAnswer, statusAnswer } from '../unary.ts';
import { frame, FrameReader, type InboundBudget } from './frames.ts';
import { okTrailers, replyHeaders, statusTrailers } from './headers.ts';

/** Takes what arrives on a stream. */
export interface StreamListener {
  message(bytes: Uint8Array): void;
  /** The caller will send no more. */
  halfClose(): void;
  /** The stream is over, for whatever reason; `isDelivered` where all that was sent has left. Called once. */
  closed(isDelivered: boolean): void;
}

/** What a stream needs to know of its call. */
export interface GrpcStreamOptions {
  readonly encoding: string | undefined;
  readonly contentType: string;
  readonly messageSizeBytesMax: number;
  readonly budget: InboundBudget;
}

/** One gRPC call on an HTTP/2 stream: messages in, messages and a status out. */
export class GrpcStream {
  readonly #stream: ServerHttp2Stream;
  readonly #options: GrpcStreamOptions;
  readonly #frames: FrameReader;
  #isFinished = false;
  #isClosed = false;

  constructor(stream: ServerHttp2Stream, options: GrpcStreamOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#frames = new FrameReader(options.encoding, options.messageSizeBytesMax, options.budget);
  }

  /** True once the stream is over: nothing that is sent can arrive. */
  get isClosed(): boolean {
    return this.#isClosed || this.#stream.destroyed || this.#stream.closed;
  }

  /** True once the status is sent. */
  get isFinished(): boolean {
    return this.#isFinished;
  }

  listen(listener: StreamListener): void {
    const stream = this.#stream;
    stream.on('data', (chunk: Buffer) => this.#receive(chunk, listener));
    stream.on('end', () => {
      if (!this.#isFinished && !this.#frames.isBetweenMessages)
        this.finish(statusAnswer(STATUS_UNKNOWN, 'unexpected EOF'));
      else if (!this.#isFinished) listener.halfClose();
    });
    stream.once('close', () => {
      this.#isClosed = true;
      this.#frames.close();
      listener.closed(stream.writableFinished);
    });
  }

  #receive(chunk: Buffer, listener: StreamListener): void {
    if (this.#isFinished) return;
    const received = this.#frames.push(chunk);
    if ('kind' in received) {
      this.refuse(received);
      return;
    }
    for (const message of received) listener.message(message);
  }

  /** Sends a message of a stream of them. */
  send(message: Uint8Array, headers: Readonly<Record<string, string>> = {}): void {
    if (this.#isFinished || this.isClosed) return;
    this.#respond(headers);
    this.#stream.write(frame(message));
  }

  /** Sends the only message and the status OK. */
  reply(message: Uint8Array, headers: Readonly<Record<string, string>>): void {
    if (this.#isFinished || this.isClosed) return;
    this.#isFinished = true;
    this.#respond(headers);
    this.#endWith(okTrailers, frame(message));
  }

  /** Ends the call with a status that is not OK. */
  finish(answer: StatusAnswer, headers: Readonly<Record<string, string>> = {}): void {
    if (this.#isFinished || this.isClosed) return;
    this.#isFinished = true;
    const trailers = statusTrailers(answer);
    if (this.#stream.headersSent) this.#endWith(trailers);
    else
      this.#stream.respond({ ...replyHeaders(this.#options.contentType, headers), ...trailers }, { endStream: true });
  }

  /** Ends the call with a status, and tells a caller that is still sending to stop. */
  refuse(answer: StatusAnswer): void {
    this.finish(answer);
    stopCaller(this.#stream);
  }

  /** Cuts the call off without a status, where none can be sent. */
  break(): void {
    this.#isFinished = true;
    this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }

  /** Ends a stream of messages with the status OK. */
  finishOk(): void {
    if (this.#isFinished || this.isClosed) return;
    this.#isFinished = true;
    this.#respond({});
    this.#endWith(okTrailers);
  }

  #respond(headers: Readonly<Record<string, string>>): void {
    if (this.#stream.headersSent) return;
    this.#stream.respond(replyHeaders(this.#options.contentType, headers), { waitForTrailers: true });
  }

  #endWith(trailers: Parameters<ServerHttp2Stream['sendTrailers']>[0], last?: Buffer): void {
    this.#stream.once('wantTrailers', () => this.#stream.sendTrailers(trailers));
    this.#stream.end(last);
  }
}

/**
 * Tells the caller of a call that is already answered to send no more. Not before the answer is written, which happens
 * before the next immediate: a reset discards what waits.
 */
export function stopCaller(stream: ServerHttp2Stream): void {
  setImmediate(() => {
    if (!stream.destroyed) stream.close(constants.NGHTTP2_NO_ERROR);
  });
}
