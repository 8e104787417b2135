import { FrameParser } from './frame-parser.ts';
import { HeaderBlock } from './header-block.ts';
import { HpackDecoder } from './hpack/decoder.ts';
import type { OutboundBudget } from './outbound-budget.ts';
import { Preface } from './preface.ts';
import {
  ConnectionError,
  ErrorCode,
  Flag,
  FrameType,
  INITIAL_WINDOW_BYTES,
  SettingId,
  WINDOW_BYTES_MAX,
} from './protocol.ts';
import { RateBound } from './rate-bound.ts';
import { HEADER_LIST_SIZE_BYTES_MAX, RequestHead } from './request-head.ts';
import { Sender } from './sender.ts';
import { Http2Stream } from './stream.ts';
import type { Wire } from './wire.ts';

const MEBIBYTE = 1024 * 1024;

/** How much a peer may send ahead, for each stream and for each connection. It is allowed more when half has come. */
const STREAM_WINDOW_BYTES = MEBIBYTE;
const CONNECTION_WINDOW_BYTES = 8 * MEBIBYTE;

/** Above it new calls are refused: their peer does not take the replies to those that it has made, sixteen of the largest. */
const WAITING_BYTES_MAX = 64 * MEBIBYTE;

/** How long a peer that has broken the rules may take to read why. */
const LAST_WORDS_MS = 1_000;

/** How many streams that the server has reset are remembered: what was sent on them before may still come. */
const RESETS_REMEMBERED = 256;

const PRIORITY_BYTES = 5;
const PING_BYTES = 8;

/** What a peer may do. */
export interface ConnectionBounds {
  readonly streamsMax: number;
  readonly streamResetsMax: number;
  readonly streamResetsPerSecond: number;
  readonly controlFramesMax: number;
  readonly controlFramesPerSecond: number;
}

/** What a connection needs. */
export interface ConnectionOptions {
  readonly wire: Wire;
  readonly bounds: ConnectionBounds;
  readonly outbound: OutboundBudget;
  /** Takes a request that has begun. */
  readonly onStream: (stream: Http2Stream) => void;
  /** Takes what listeners throw: they are bugs, and the connection is closed. */
  readonly reportError: (error: unknown) => void;
}

/** A connection of HTTP/2, the server's side: bytes in, streams to their listeners, bytes out. Source: RFC 9113. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #preface = new Preface();
  readonly #parser = new FrameParser(this);
  readonly #decoder = new HpackDecoder();
  readonly #sender: Sender;
  readonly #resets: RateBound;
  readonly #control: RateBound;
  readonly #streams = new Map<number, Http2Stream>();
  readonly #resetIds: number[] = [];
  #receiveWindowBytes = CONNECTION_WINDOW_BYTES;
  /** The last stream that the peer has begun, and the last that is served. */
  #lastStreamId = 0;
  #servedStreamId = 0;
  #hasSettings = false;
  #block: HeaderBlock | undefined;
  #pong: (() => void) | undefined;
  #idleSinceMs: number | undefined = performance.now();
  #isGoingAway = false;
  #isClosed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { bounds, wire, outbound } = options;
    this.#sender = new Sender(wire, this, outbound);
    this.#resets = new RateBound(bounds.streamResetsMax, bounds.streamResetsPerSecond);
    this.#control = new RateBound(bounds.controlFramesMax, bounds.controlFramesPerSecond);
  }

  /** Since when there have been no streams; undefined while there are some. Milliseconds of `performance.now`. */
  get idleSinceMs(): number | undefined {
    return this.#idleSinceMs;
  }

  get waitingBytes(): number {
    return this.#sender.waitingBytes;
  }

  /** Takes what has arrived. Never throws. */
  receive(chunk: Buffer): void {
    if (this.#isClosed) return;
    try {
      const rest = this.#preface.isComplete ? chunk : this.#greet(chunk);
      if (rest.length > 0) this.#parser.push(rest);
    } catch (error) {
      if (!(error instanceof ConnectionError)) this.#options.reportError(error);
      this.#fail(error instanceof ConnectionError ? error.code : ErrorCode.InternalError);
    }
  }

  /** The wire is closed, for whatever reason. */
  lose(): void {
    this.#isClosed = true;
    this.#sender.lose();
    this.#abandonAll();
  }

  /** Asks the peer to go: what it has begun is still served, and then the connection closes. */
  close(): void {
    if (this.#isGoingAway || this.#isClosed) return;
    this.#isGoingAway = true;
    if (this.#preface.isComplete) this.#goAway(ErrorCode.NoError);
    this.#closeIfDone();
  }

  /** Closes at once. */
  destroy(): void {
    this.#options.wire.destroy();
  }

  /** Asks for a sign of life. */
  ping(onAnswer: () => void): void {
    if (this.#isClosed || !this.#preface.isComplete) return;
    this.#pong = onAnswer;
    const outbox = this.#sender.frame(FrameType.Ping, 0, 0, PING_BYTES);
    outbox.uint32(0);
    outbox.uint32(0);
  }

  /** For the sender. */
  overflow(): void {
    this.#fail(ErrorCode.EnhanceYourCalm);
  }

  /** For the sender. */
  sentData(): void {
    // Clients measure the connection with a ping for what they are given.
    this.#control.giveBack();
  }

  /** For the sender. */
  ended(stream: Http2Stream): void {
    // A peer that has not said so yet is about to be done; a reset now could take the answer from it.
    if (stream.isRemoteEnded) this.#forget(stream);
  }

  /** For the sender. */
  reset(stream: Http2Stream, code: ErrorCode): void {
    this.#writeReset(stream.id, code);
    this.#drop(stream);
  }

  /** For the parser. Throws `ConnectionError` where the peer breaks a rule. */
  frame(type: number, flags: number, streamId: number, from: Buffer, start: number, end: number): void {
    if (this.#isClosed) return;
    if (!this.#hasSettings && type !== FrameType.Settings) throw broken('SETTINGS come first');
    if (this.#block !== undefined && type !== FrameType.Continuation) throw broken('headers have not ended');
    switch (type) {
      case FrameType.Data:
        return this.#onData(flags, streamId, from, start, end);
      case FrameType.Headers:
        return this.#onHeaders(flags, streamId, from, start, end);
      case FrameType.ResetStream:
        return this.#onReset(streamId, end - start);
      case FrameType.Settings:
        return this.#onSettings(flags, streamId, from, start, end);
      case FrameType.Ping:
        return this.#onPing(flags, streamId, from, start, end);
      case FrameType.WindowUpdate:
        return this.#onWindowUpdate(streamId, from, start, end);
      case FrameType.Continuation:
        return this.#onContinuation(flags, streamId, from, start, end);
      case FrameType.Priority:
        return this.#onPriority(streamId, end - start);
      case FrameType.GoAway:
        if (streamId !== 0) throw broken('GOAWAY of a stream');
        return this.close();
      case FrameType.PushPromise:
        throw broken('a client pushes nothing');
      default:
        return this.#countControl();
    }
  }

  /** Takes the preface, and answers it with the settings. */
  #greet(chunk: Buffer): Buffer {
    const rest = this.#preface.take(chunk);
    if (rest === undefined) throw broken('no HTTP/2');
    if (!this.#preface.isComplete) return rest;
    const settings: readonly (readonly [id: number, value: number])[] = [
      [SettingId.MaxConcurrentStreams, this.#options.bounds.streamsMax],
      [SettingId.InitialWindowSize, STREAM_WINDOW_BYTES],
      [SettingId.MaxHeaderListSize, HEADER_LIST_SIZE_BYTES_MAX],
    ];
    const outbox = this.#sender.frame(FrameType.Settings, 0, 0, settings.length * 6);
    for (const [id, value] of settings) {
      outbox.uint16(id);
      outbox.uint32(value);
    }
    this.#allowMore(0, CONNECTION_WINDOW_BYTES - INITIAL_WINDOW_BYTES);
    return rest;
  }

  #onData(flags: number, streamId: number, from: Buffer, start: number, end: number): void {
    if (streamId === 0) throw broken('DATA without a stream');
    this.#countReceived(end - start);
    const [bodyStart, bodyEnd] = unpadded(flags, from, start, end);
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return this.#onLateData(streamId);
    if (stream.isRemoteEnded) return this.#failStream(stream, ErrorCode.StreamClosed);
    // It may stop sending a request that is answered already.
    if (stream.isLocalEnded && bodyEnd > bodyStart) return this.reset(stream, ErrorCode.NoError);
    const isEnd = (flags & Flag.EndStream) !== 0;
    if (start === end && !isEnd) this.#countControl();
    stream.receiveWindowBytes -= end - start;
    if (!isEnd && stream.receiveWindowBytes < STREAM_WINDOW_BYTES / 2) {
      this.#allowMore(streamId, STREAM_WINDOW_BYTES - stream.receiveWindowBytes);
      stream.receiveWindowBytes = STREAM_WINDOW_BYTES;
    }
    stream.receive(from, bodyStart, bodyEnd);
    if (isEnd) this.#endRemote(stream);
  }

  #countReceived(sizeBytes: number): void {
    // It never gets below half: what comes is taken at once, and bounded where messages are put together.
    this.#receiveWindowBytes -= sizeBytes;
    if (this.#receiveWindowBytes > CONNECTION_WINDOW_BYTES / 2) return;
    this.#allowMore(0, CONNECTION_WINDOW_BYTES - this.#receiveWindowBytes);
    this.#receiveWindowBytes = CONNECTION_WINDOW_BYTES;
  }

  #onLateData(streamId: number): void {
    if (this.#isIdle(streamId)) throw broken('DATA before headers');
    if (this.#resetIds.includes(streamId)) return;
    this.#countReset();
    this.#writeReset(streamId, ErrorCode.StreamClosed);
  }

  #endRemote(stream: Http2Stream): void {
    const isAnswered = stream.isLocalEnded;
    if (!stream.receiveEnd()) this.#failStream(stream, ErrorCode.ProtocolError);
    else if (isAnswered) this.#forget(stream);
  }

  #onHeaders(flags: number, streamId: number, from: Buffer, start: number, end: number): void {
    if ((streamId & 1) === 0) throw broken('HEADERS of a stream that is not the client’s');
    const [unpaddedStart, blockEnd] = unpadded(flags, from, start, end);
    const blockStart = unpaddedStart + ((flags & Flag.Priority) === 0 ? 0 : PRIORITY_BYTES);
    if (blockStart > blockEnd) throw new ConnectionError(ErrorCode.FrameSizeError, 'length of HEADERS');
    const isEndOfStream = (flags & Flag.EndStream) !== 0;
    if ((flags & Flag.EndHeaders) !== 0) return this.#onBlock(streamId, isEndOfStream, from, blockStart, blockEnd);
    this.#block = new HeaderBlock(streamId, isEndOfStream);
    this.#block.add(from, blockStart, blockEnd);
  }

  #onContinuation(flags: number, streamId: number, from: Buffer, start: number, end: number): void {
    const block = this.#block;
    if (block?.streamId !== streamId) throw broken('CONTINUATION of no headers');
    block.add(from, start, end);
    if ((flags & Flag.EndHeaders) === 0) return;
    this.#block = undefined;
    const whole = block.whole();
    this.#onBlock(streamId, block.isEndOfStream, whole, 0, whole.length);
  }

  #onBlock(streamId: number, isEndOfStream: boolean, from: Buffer, start: number, end: number): void {
    // Decoded even where nobody wants to know: it changes the table that later blocks refer to.
    const head = new RequestHead();
    this.#decoder.decode(from, start, end, head);
    const stream = this.#streams.get(streamId);
    if (stream !== undefined) return this.#onTrailers(stream, head, isEndOfStream);
    if (!this.#isIdle(streamId)) {
      if (this.#resetIds.includes(streamId)) return;
      throw new ConnectionError(ErrorCode.StreamClosed, 'HEADERS of a stream that is over');
    }
    this.#lastStreamId = streamId;
    // The peer was told which streams are the last.
    if (this.#isGoingAway) return this.#rememberReset(streamId);
    this.#servedStreamId = streamId;
    const problem = this.#problemOf(head);
    if (problem !== undefined) {
      this.#countReset();
      return this.#writeReset(streamId, problem);
    }
    this.#open(streamId, head, isEndOfStream);
  }

  #problemOf(head: RequestHead): ErrorCode | undefined {
    if (head.isTooLarge) return ErrorCode.EnhanceYourCalm;
    if (!head.isRequest) return ErrorCode.ProtocolError;
    const isFull = this.#streams.size >= this.#options.bounds.streamsMax || this.waitingBytes > WAITING_BYTES_MAX;
    return isFull ? ErrorCode.RefusedStream : undefined;
  }

  #open(streamId: number, head: RequestHead, isEndOfStream: boolean): void {
    const { initialWindowBytes } = this.#sender.settings;
    const stream = new Http2Stream(streamId, head, this.#sender, initialWindowBytes, STREAM_WINDOW_BYTES);
    this.#streams.set(streamId, stream);
    this.#idleSinceMs = undefined;
    this.#options.onStream(stream);
    // Unless it is reset already.
    if (isEndOfStream && this.#streams.has(streamId)) this.#endRemote(stream);
  }

  #onTrailers(stream: Http2Stream, head: RequestHead, isEndOfStream: boolean): void {
    if (stream.isRemoteEnded) return this.#failStream(stream, ErrorCode.StreamClosed);
    if (head.isTooLarge) return this.#failStream(stream, ErrorCode.EnhanceYourCalm);
    if (!isEndOfStream || !head.isTrailers) return this.#failStream(stream, ErrorCode.ProtocolError);
    this.#endRemote(stream);
  }

  #onReset(streamId: number, length: number): void {
    if (streamId === 0 || this.#isIdle(streamId)) throw broken('RST_STREAM without a stream');
    if (length !== 4) throw new ConnectionError(ErrorCode.FrameSizeError, 'length of RST_STREAM');
    this.#countReset();
    const stream = this.#streams.get(streamId);
    if (stream === undefined) this.#sender.cancelled(streamId);
    else this.#drop(stream);
  }

  #onSettings(flags: number, streamId: number, from: Buffer, start: number, end: number): void {
    if (streamId !== 0) throw broken('SETTINGS of a stream');
    this.#countControl();
    this.#hasSettings = true;
    if ((flags & Flag.Ack) !== 0) {
      if (end > start) throw new ConnectionError(ErrorCode.FrameSizeError, 'length of SETTINGS');
      return;
    }
    const gained = this.#sender.settings.take(from, start, end);
    this.#sender.frame(FrameType.Settings, Flag.Ack, 0, 0);
    if (gained === 0) return;
    for (const stream of this.#streams.values()) this.#openWindow(stream, gained);
  }

  #onPing(flags: number, streamId: number, from: Buffer, start: number, end: number): void {
    if (streamId !== 0) throw broken('PING of a stream');
    if (end - start !== PING_BYTES) throw new ConnectionError(ErrorCode.FrameSizeError, 'length of PING');
    if ((flags & Flag.Ack) === 0) {
      this.#countControl();
      this.#sender.frame(FrameType.Ping, Flag.Ack, 0, PING_BYTES).bytes(from, start, end);
      return;
    }
    const pong = this.#pong;
    this.#pong = undefined;
    if (pong === undefined) this.#countControl();
    else pong();
  }

  #onWindowUpdate(streamId: number, from: Buffer, start: number, end: number): void {
    if (end - start !== 4) throw new ConnectionError(ErrorCode.FrameSizeError, 'length of WINDOW_UPDATE');
    const increment = from.readUInt32BE(start) & WINDOW_BYTES_MAX;
    if (streamId === 0) {
      if (increment === 0) throw broken('WINDOW_UPDATE of nothing');
      this.#openWindow(undefined, increment);
      return;
    }
    if (this.#isIdle(streamId)) throw broken('WINDOW_UPDATE before headers');
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    if (increment === 0) this.#failStream(stream, ErrorCode.ProtocolError);
    else if (!this.#sender.openWindow(stream, increment)) this.#failStream(stream, ErrorCode.FlowControlError);
  }

  #openWindow(stream: Http2Stream | undefined, increment: number): void {
    if (this.#sender.openWindow(stream, increment)) return;
    throw new ConnectionError(ErrorCode.FlowControlError, 'a window larger than there is');
  }

  /** What RFC 9113 has taken out of HTTP/2; only its form is looked at. */
  #onPriority(streamId: number, length: number): void {
    if (streamId === 0) throw broken('PRIORITY without a stream');
    this.#countControl();
    if (length !== PRIORITY_BYTES) throw new ConnectionError(ErrorCode.FrameSizeError, 'length of PRIORITY');
  }

  #isIdle(streamId: number): boolean {
    return streamId > this.#lastStreamId || (streamId & 1) === 0;
  }

  #countControl(): void {
    if (!this.#control.take()) throw new ConnectionError(ErrorCode.EnhanceYourCalm, 'too many frames of no use');
  }

  #countReset(): void {
    if (!this.#resets.take()) throw new ConnectionError(ErrorCode.EnhanceYourCalm, 'too many streams are reset');
  }

  /** The peer has broken a rule on a stream. */
  #failStream(stream: Http2Stream, code: ErrorCode): void {
    this.#countReset();
    this.reset(stream, code);
  }

  #allowMore(streamId: number, sizeBytes: number): void {
    this.#sender.frame(FrameType.WindowUpdate, 0, streamId, 4).uint32(sizeBytes);
  }

  #writeReset(streamId: number, code: ErrorCode): void {
    this.#rememberReset(streamId);
    this.#sender.frame(FrameType.ResetStream, 0, streamId, 4).uint32(code);
  }

  #rememberReset(streamId: number): void {
    this.#resetIds.push(streamId);
    if (this.#resetIds.length > RESETS_REMEMBERED) this.#resetIds.shift();
  }

  #goAway(code: ErrorCode): void {
    const outbox = this.#sender.frame(FrameType.GoAway, 0, 0, 8);
    outbox.uint32(this.#servedStreamId);
    outbox.uint32(code);
  }

  /** Tells the peer why, and closes the connection. */
  #fail(code: ErrorCode): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#goAway(code);
    this.#sender.close();
    this.#abandonAll();
    setTimeout(() => this.#options.wire.destroy(), LAST_WORDS_MS).unref();
  }

  #abandonAll(): void {
    for (const stream of [...this.#streams.values()]) {
      // Of an answer that is being written it is told when it has left, or not.
      if (stream.isLocalEnded) this.#forget(stream);
      else this.#drop(stream);
    }
  }

  #drop(stream: Http2Stream): void {
    this.#sender.drop(stream);
    this.#forget(stream);
    stream.abandon();
  }

  #forget(stream: Http2Stream): void {
    this.#streams.delete(stream.id);
    if (this.#streams.size > 0) return;
    this.#idleSinceMs = performance.now();
    if (this.#isGoingAway) this.#closeIfDone();
  }

  #closeIfDone(): void {
    if (this.#streams.size > 0 || this.#isClosed) return;
    this.#isClosed = true;
    this.#sender.close();
  }
}

function broken(message: string): ConnectionError {
  return new ConnectionError(ErrorCode.ProtocolError, message);
}

/** Where the payload of a frame begins and ends without what fills it up. */
function unpadded(flags: number, from: Buffer, start: number, end: number): [start: number, end: number] {
  if ((flags & Flag.Padded) === 0) return [start, end];
  const padding = from[start];
  if (padding === undefined || start === end || start + 1 + padding > end) throw broken('more padding than payload');
  return [start + 1, end - padding];
}
