import { setImmediate as nextTurn } from 'node:timers/promises';
import { Connection, type ConnectionBounds } from './connection.ts';
import { FrameParser } from './frame-parser.ts';
import { HpackDecoder } from './hpack/decoder.ts';
import { encodeHeaders } from './hpack/encoder.ts';
import { OutboundBudget } from './outbound-budget.ts';
import { ErrorCode, Flag, FrameType, PREFACE } from './protocol.ts';
import type { Http2Stream } from './stream.ts';
import type { Wire } from './wire.ts';

/** A frame, byte for byte. */
export function frameBytes(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array = new Uint8Array(),
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

export type Fields = readonly (readonly [name: string, value: string])[];

/** The headers of a proper call. */
export const CALL: Fields = [
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/service/method'],
  ['content-type', 'application/grpc'],
];

export const settings = (values: Readonly<Record<number, number>> = {}): Buffer => {
  const parts = Object.entries(values).map(([id, value]) => {
    const part = Buffer.alloc(6);
    part.writeUInt16BE(Number(id), 0);
    part.writeUInt32BE(value, 2);
    return part;
  });
  return frameBytes(FrameType.Settings, 0, 0, Buffer.concat(parts));
};

export const headers = (stream: number, fields: Fields = CALL, flags: number = Flag.EndStream): Buffer =>
  frameBytes(FrameType.Headers, flags | Flag.EndHeaders, stream, encodeHeaders(fields));

export const data = (stream: number, payload: Uint8Array | number, flags = 0): Buffer =>
  frameBytes(FrameType.Data, flags, stream, typeof payload === 'number' ? Buffer.alloc(payload) : payload);

export const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

export const windowUpdate = (stream: number, increment: number): Buffer =>
  frameBytes(FrameType.WindowUpdate, 0, stream, uint32(increment));

export const resetStream = (stream: number, code: number = ErrorCode.Cancel): Buffer =>
  frameBytes(FrameType.ResetStream, 0, stream, uint32(code));

export const ping = (flags = 0): Buffer => frameBytes(FrameType.Ping, flags, 0, Buffer.from('12345678'));

function nameOf(names: Readonly<Record<string, number>>, value: number): string {
  return Object.entries(names).find(([, each]) => each === value)?.[0] ?? String(value);
}

/** What happened to a stream. */
export interface Seen {
  readonly stream: Http2Stream;
  readonly events: string[];
}

export interface PeerOptions {
  readonly bounds?: Partial<ConnectionBounds>;
  readonly outbound?: OutboundBudget;
  /** Whether writes have left when the next turn begins; if not, by `leave`. */
  readonly isLeaving?: boolean;
  /** What the peer sends first. */
  readonly settings?: Buffer;
  /** Instead of a listener that takes notes. */
  readonly serve?: (stream: Http2Stream) => void;
}

const AMPLE: ConnectionBounds = {
  streamsMax: 100,
  streamResetsMax: 1_000,
  streamResetsPerSecond: 0,
  controlFramesMax: 1_000,
  controlFramesPerSecond: 0,
};

/** A peer of a connection, with a wire that is only memory between them. */
export class Peer implements Wire {
  readonly connection: Connection;
  readonly streams: Seen[] = [];
  readonly errors: unknown[] = [];
  readonly writes: number[] = [];
  isPaused = false;
  isClosed = false;
  #frames: string[] = [];
  readonly #isLeaving: boolean;
  readonly #decoder = new HpackDecoder();
  readonly #parser = new FrameParser({
    frame: (type, flags, stream, from, start, end) =>
      this.#frames.push(this.#describe(type, flags, stream, from.subarray(start, end))),
  });
  #done: ((hasLeft: boolean) => void) | undefined;

  constructor({ bounds, outbound, isLeaving, settings: first = settings(), serve }: PeerOptions = {}) {
    this.#isLeaving = isLeaving ?? true;
    this.connection = new Connection({
      wire: this,
      bounds: { ...AMPLE, ...bounds },
      outbound: outbound ?? new OutboundBudget(1_000_000_000),
      onStream: serve ?? ((stream) => this.#note(stream)),
      reportError: (error) => this.errors.push(error),
    });
    this.connection.receive(Buffer.concat([PREFACE, first]));
  }

  #note(stream: Http2Stream): void {
    const events: string[] = [];
    this.streams.push({ stream, events });
    stream.listen({
      data: (_from, start, end) => events.push(`data ${end - start}`),
      end: () => events.push('end'),
      closed: (isDelivered) => events.push(isDelivered ? 'delivered' : 'lost'),
    });
  }

  write(parts: readonly Buffer[], done: (hasLeft: boolean) => void): void {
    this.writes.push(parts.reduce((sum, part) => sum + part.length, 0));
    for (const part of parts) this.#parser.push(Buffer.from(part));
    this.#done = done;
    if (this.#isLeaving) queueMicrotask(() => this.leave());
  }

  /** What was written last has left, or not. */
  leave(hasLeft = true): void {
    const done = this.#done;
    this.#done = undefined;
    done?.(hasLeft);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  end(): void {
    this.isClosed = true;
  }

  destroy(): void {
    this.isClosed = true;
    this.connection.lose();
  }

  /** Sends frames, all in one. */
  send(...frames: readonly Buffer[]): void {
    this.connection.receive(Buffer.concat(frames));
  }

  /** Gives what came since the last time, as far as it has come when the turn is over. */
  async received(): Promise<string[]> {
    // What is written when something has left comes in a turn of its own.
    await nextTurn();
    await nextTurn();
    const frames = this.#frames;
    this.#frames = [];
    return frames;
  }

  /** The same after sending, from the greeting on left out. */
  async answer(...frames: readonly Buffer[]): Promise<string[]> {
    await this.received();
    this.send(...frames);
    return this.received();
  }

  #describe(type: number, flags: number, stream: number, payload: Buffer): string {
    const end = (flags & Flag.EndStream) === 0 ? '' : ' END';
    const name = nameOf(FrameType, type);
    switch (type) {
      case FrameType.Headers:
      case FrameType.Continuation:
        return `${name} ${stream}${(flags & Flag.EndHeaders) === 0 ? '' : this.#fields(payload)}${end}`;
      case FrameType.Data:
        return `${name} ${stream} ${payload.length}${end}`;
      case FrameType.ResetStream:
        return `${name} ${stream} ${nameOf(ErrorCode, payload.readUInt32BE())}`;
      case FrameType.GoAway:
        return `${name} ${payload.readUInt32BE()} ${nameOf(ErrorCode, payload.readUInt32BE(4))}`;
      case FrameType.WindowUpdate:
        return `${name} ${stream} ${payload.readUInt32BE()}`;
      default:
        return `${name}${(flags & Flag.Ack) === 0 ? '' : ' ACK'}`;
    }
  }

  #fields(payload: Buffer): string {
    let text = '';
    try {
      this.#decoder.decode(payload, 0, payload.length, { add: ({ name, value }) => (text += ` ${name}=${value}`) });
    } catch {
      // The rest of a block that came in several frames.
    }
    return text;
  }
}
