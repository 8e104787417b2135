import type { ErrorCode } from './protocol.ts';
import type { RequestHead } from './request-head.ts';

/** Takes what happens to a stream. */
export interface StreamListener {
  /** A part of the body: what is between `start` and `end`, which may be kept. */
  data(from: Buffer, start: number, end: number): void;
  /** The caller will send no more. */
  end(): void;
  /** Nothing more will be sent; `isDelivered` where all that was to be sent has left. Called once. */
  closed(isDelivered: boolean): void;
}

/** Sends for streams. */
export interface StreamSender {
  headers(stream: Http2Stream, block: Uint8Array, isEnd: boolean): void;
  message(stream: Http2Stream, message: Uint8Array): void;
  trailers(stream: Http2Stream, block: Uint8Array): void;
  reply(stream: Http2Stream, head: Uint8Array, message: Uint8Array, trailers: Uint8Array): void;
  reset(stream: Http2Stream, code: ErrorCode): void;
}

/** One request and its answer. What is not said to be for listeners belongs to the connection. */
export class Http2Stream {
  readonly id: number;
  /** For listeners: with what the request began. */
  readonly head: RequestHead;
  readonly #sender: StreamSender;
  #listener: StreamListener | undefined;
  /** What may be sent. Less than nothing when the peer has taken back what it had allowed. */
  sendWindowBytes: number;
  /** What may still come before the peer is allowed more. */
  receiveWindowBytes: number;
  receivedBytes = 0;
  /** What waits until it may be sent: parts of the body, none of them empty, how much of the first has gone, and what follows. */
  readonly waiting: Uint8Array[] = [];
  waitingAt = 0;
  waitingTrailers: Uint8Array | undefined;
  /** Whether the peer has said that it is done; whether all that there is to say has been written. */
  isRemoteEnded = false;
  isLocalEnded = false;
  hasSentHeaders = false;
  #isSettled = false;
  #isGone = false;

  constructor(
    id: number,
    head: RequestHead,
    sender: StreamSender,
    sendWindowBytes: number,
    receiveWindowBytes: number,
  ) {
    this.id = id;
    this.head = head;
    this.#sender = sender;
    this.sendWindowBytes = sendWindowBytes;
    this.receiveWindowBytes = receiveWindowBytes;
  }

  /** For listeners: true when what is sent cannot arrive any more. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** For listeners, once, when the stream has just begun. */
  listen(listener: StreamListener): void {
    this.#listener = listener;
  }

  /** For listeners: the headers of the answer, which end it if they are all. */
  sendHeaders(block: Uint8Array, isEnd: boolean): void {
    if (this.#maySend) this.#sender.headers(this, block, isEnd);
  }

  /** For listeners: a message, with the length that gRPC puts before it. */
  sendMessage(message: Uint8Array): void {
    if (this.#maySend) this.#sender.message(this, message);
  }

  /** For listeners: what ends the answer. */
  sendTrailers(block: Uint8Array): void {
    if (this.#maySend) this.#sender.trailers(this, block);
  }

  /** For listeners: all of an answer, whose only message it is. */
  sendReply(head: Uint8Array, message: Uint8Array, trailers: Uint8Array): void {
    if (this.#maySend) this.#sender.reply(this, head, message, trailers);
  }

  /** For listeners: breaks it off. */
  reset(code: ErrorCode): void {
    if (!this.#isGone) this.#sender.reset(this, code);
  }

  get #maySend(): boolean {
    return !this.#isGone && !this.isLocalEnded && this.waitingTrailers === undefined;
  }

  receive(from: Buffer, start: number, end: number): void {
    this.receivedBytes += end - start;
    if (end > start && this.#isHeard) this.#listener?.data(from, start, end);
  }

  /** False if the body was not as long as its headers said. */
  receiveEnd(): boolean {
    this.isRemoteEnded = true;
    if (this.receivedBytes !== (this.head.contentLength ?? this.receivedBytes)) return false;
    if (this.#isHeard) this.#listener?.end();
    return true;
  }

  get #isHeard(): boolean {
    return !this.isLocalEnded && !this.#isGone;
  }

  /** What was sent has left, or never will. */
  settle(isDelivered: boolean): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    if (!isDelivered) this.#isGone = true;
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.closed(isDelivered);
  }

  /** Ends it. What was written but has not left yet counts as lost: nobody reads it any more. */
  abandon(): void {
    this.#isGone = true;
    this.settle(false);
  }
}
