import type { Hoarder, OutboundBudget } from './outbound-budget.ts';
import { Outbox, recycle } from './outbox.ts';
import { PeerSettings } from './peer-settings.ts';
import {
  type ErrorCode,
  Flag,
  FRAME_SIZE_BYTES,
  FrameType,
  INITIAL_WINDOW_BYTES,
  WINDOW_BYTES_MAX,
} from './protocol.ts';
import type { Http2Stream, StreamSender } from './stream.ts';
import type { Wire } from './wire.ts';

/** What gRPC puts before a message: a flag, which says that it is not compressed, and its length. */
const MESSAGE_HEAD_BYTES = 5;

/** How much of bodies is gathered for the socket at a time; the rest waits in the streams, each of which has its turn. */
const GATHERED_BYTES_MAX = 262_144;

/** Above it no more is read from the peer: it does not read what it is told. */
const READING_BYTES_MAX = 2 * 1024 * 1024;

/** Above it the connection is closed. Only headers get there, as when many polls end at once. */
const GATHERED_BYTES_LIMIT = 64 * 1024 * 1024;

/** What a sender tells its connection. */
export interface SenderOwner extends Hoarder {
  /** All of the answer has been written, though it may not have left. */
  ended(stream: Http2Stream): void;
  reset(stream: Http2Stream, code: ErrorCode): void;
  /** A frame of a body was sent. */
  sentData(): void;
}

/**
 * What leaves on a connection. All that is sent in one turn of the event loop is written at once, and the next time when
 * that has left; bodies only as far as the windows of the peer allow, one frame of each stream after the other.
 */
export class Sender implements StreamSender {
  readonly settings = new PeerSettings();
  readonly #wire: Wire;
  readonly #owner: SenderOwner;
  readonly #budget: OutboundBudget;
  readonly #outbox = new Outbox();
  #windowBytes = INITIAL_WINDOW_BYTES;
  /** Streams with a body that waits, the next first; not those whose own window is closed. */
  readonly #ready = new Set<Http2Stream>();
  #waitingBytes = 0;
  /** Streams whose end is gathered, and those whose end is being written. */
  #ended: Http2Stream[] = [];
  #leaving: Http2Stream[] = [];
  #written: readonly Buffer[] = [];
  #isScheduled = false;
  #isWriting = false;
  #isPaused = false;
  #isClosed = false;
  #hasEnded = false;

  constructor(wire: Wire, owner: SenderOwner, budget: OutboundBudget) {
    this.#wire = wire;
    this.#owner = owner;
    this.#budget = budget;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Begins a frame, whose payload the caller gives. */
  frame(type: number, flags: number, streamId: number, length: number): Outbox {
    this.#schedule();
    this.#outbox.frame(type, flags, streamId, length);
    return this.#outbox;
  }

  headers(stream: Http2Stream, block: Uint8Array, isEnd: boolean): void {
    stream.hasSentHeaders = true;
    let at = Math.min(block.length, FRAME_SIZE_BYTES);
    const flags = (isEnd ? Flag.EndStream : 0) | (at === block.length ? Flag.EndHeaders : 0);
    this.frame(FrameType.Headers, flags, stream.id, at).bytes(block, 0, at);
    while (at < block.length) {
      const end = Math.min(block.length, at + FRAME_SIZE_BYTES);
      const last = end === block.length ? Flag.EndHeaders : 0;
      this.frame(FrameType.Continuation, last, stream.id, end - at).bytes(block, at, end);
      at = end;
    }
    if (isEnd) this.#end(stream);
  }

  message(stream: Http2Stream, message: Uint8Array): void {
    const size = MESSAGE_HEAD_BYTES + message.length;
    if (this.#maySendNow(stream, size)) {
      this.#spend(stream, size);
      this.frame(FrameType.Data, 0, stream.id, size);
      this.#messageHead(message.length);
      this.#outbox.bytes(message, 0, message.length);
      return;
    }
    const head = Buffer.alloc(MESSAGE_HEAD_BYTES);
    head.writeUInt32BE(message.length, 1);
    stream.waiting.push(head);
    if (message.length > 0) stream.waiting.push(message);
    this.#waitingBytes += size;
    if (stream.sendWindowBytes > 0) this.#ready.add(stream);
    this.#budget.take(this.#owner, size);
    this.#sendReady();
  }

  trailers(stream: Http2Stream, block: Uint8Array): void {
    if (stream.waiting.length > 0) stream.waitingTrailers = block;
    else this.headers(stream, block, true);
  }

  reply(stream: Http2Stream, head: Uint8Array, message: Uint8Array, trailers: Uint8Array): void {
    this.headers(stream, head, false);
    this.message(stream, message);
    // Too much waited, and the connection was closed.
    if (!stream.isGone) this.trailers(stream, trailers);
  }

  reset(stream: Http2Stream, code: ErrorCode): void {
    this.#owner.reset(stream, code);
  }

  /** Forgets what a stream still has to send. */
  drop(stream: Http2Stream): void {
    this.#ready.delete(stream);
    stream.waitingTrailers = undefined;
    if (stream.waiting.length === 0) return;
    let dropped = -stream.waitingAt;
    for (const part of stream.waiting) dropped += part.length;
    stream.waiting.length = 0;
    stream.waitingAt = 0;
    this.#sent(dropped);
  }

  /** Nobody reads the answer of a stream, which has been written but has not left. */
  cancelled(streamId: number): void {
    for (const streams of [this.#leaving, this.#ended]) streams.find(({ id }) => id === streamId)?.abandon();
  }

  /** The peer takes so much more. False for more than there is. */
  openWindow(stream: Http2Stream | undefined, increment: number): boolean {
    if (stream === undefined) this.#windowBytes += increment;
    else stream.sendWindowBytes += increment;
    if ((stream?.sendWindowBytes ?? this.#windowBytes) > WINDOW_BYTES_MAX) return false;
    if (stream !== undefined && stream.waiting.length > 0 && stream.sendWindowBytes > 0) this.#ready.add(stream);
    this.#sendReady();
    return true;
  }

  /** Writes what there is, and then closes the wire. */
  close(): void {
    this.#isClosed = true;
    this.#ready.clear();
    this.#writeLast();
  }

  /** The wire is closed: what has not left is lost. */
  lose(): void {
    this.#isClosed = true;
    for (const stream of [...this.#leaving, ...this.#ended]) stream.settle(false);
  }

  flush(): void {
    this.#isScheduled = false;
    if (!this.#isClosed) this.#write();
  }

  #write(): void {
    if (this.#isWriting || this.#outbox.sizeBytes === 0) return;
    this.#isWriting = true;
    this.#leaving = this.#ended;
    this.#ended = [];
    this.#written = this.#outbox.take();
    this.#wire.write(this.#written, this.#onWritten);
  }

  #writeLast(): void {
    if (this.#isWriting || this.#hasEnded) return;
    this.#hasEnded = true;
    this.#write();
    this.#wire.end();
  }

  readonly #onWritten = (hasLeft: boolean): void => {
    this.#isWriting = false;
    const leaving = this.#leaving;
    this.#leaving = [];
    if (hasLeft) recycle(this.#written);
    this.#written = [];
    for (const stream of leaving) stream.settle(hasLeft);
    if (!hasLeft) return;
    if (this.#isClosed) return this.#writeLast();
    this.#sendReady();
    this.#write();
    if (this.#isPaused && this.#outbox.sizeBytes < READING_BYTES_MAX) {
      this.#isPaused = false;
      this.#wire.resume();
    }
  };

  #schedule(): void {
    if (this.#isWriting) this.#watchSize();
    else if (!this.#isScheduled && !this.#isClosed) {
      this.#isScheduled = true;
      setImmediate(this.#onTurn);
    }
  }

  readonly #onTurn = (): void => this.flush();

  #watchSize(): void {
    if (this.#outbox.sizeBytes < READING_BYTES_MAX) return;
    if (!this.#isPaused) {
      this.#isPaused = true;
      this.#wire.pause();
    }
    if (this.#outbox.sizeBytes > GATHERED_BYTES_LIMIT && !this.#isClosed) this.#owner.overflow();
  }

  #maySendNow(stream: Http2Stream, size: number): boolean {
    if (stream.waiting.length > 0 || this.#ready.size > 0 || this.#outbox.sizeBytes > GATHERED_BYTES_MAX) return false;
    return size <= FRAME_SIZE_BYTES && size <= this.#windowBytes && size <= stream.sendWindowBytes;
  }

  #spend(stream: Http2Stream, size: number): void {
    this.#owner.sentData();
    this.#windowBytes -= size;
    stream.sendWindowBytes -= size;
  }

  #messageHead(length: number): void {
    this.#outbox.byte(0);
    this.#outbox.uint32(length);
  }

  #sendReady(): void {
    while (this.#windowBytes > 0 && this.#outbox.sizeBytes < GATHERED_BYTES_MAX) {
      const [stream] = this.#ready;
      if (stream === undefined) return;
      this.#ready.delete(stream);
      this.#sendPart(stream);
      if (stream.waiting.length > 0 && stream.sendWindowBytes > 0) this.#ready.add(stream);
    }
  }

  /** Sends a frame of what waits, as large as it may be. */
  #sendPart(stream: Http2Stream): void {
    let left = Math.min(FRAME_SIZE_BYTES, this.#windowBytes, stream.sendWindowBytes);
    let available = -stream.waitingAt;
    for (const part of stream.waiting) available += part.length;
    left = Math.min(left, available);
    if (left <= 0) return;
    this.#spend(stream, left);
    this.frame(FrameType.Data, 0, stream.id, left);
    const sent = left;
    while (left > 0) {
      const part = stream.waiting[0] as Uint8Array;
      const end = Math.min(part.length, stream.waitingAt + left);
      this.#outbox.bytes(part, stream.waitingAt, end);
      left -= end - stream.waitingAt;
      stream.waitingAt = end === part.length ? 0 : end;
      if (end === part.length) stream.waiting.shift();
    }
    this.#sent(sent);
    if (stream.waiting.length === 0 && stream.waitingTrailers !== undefined) {
      this.headers(stream, stream.waitingTrailers, true);
      stream.waitingTrailers = undefined;
    }
  }

  #sent(sizeBytes: number): void {
    this.#waitingBytes -= sizeBytes;
    this.#budget.giveBack(this.#owner, sizeBytes);
  }

  #end(stream: Http2Stream): void {
    stream.isLocalEnded = true;
    this.#ended.push(stream);
    this.#owner.ended(stream);
  }
}
