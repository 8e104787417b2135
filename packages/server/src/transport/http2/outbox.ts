import { FRAME_HEAD_BYTES, FRAME_SIZE_BYTES } from './protocol.ts';

/** Room for a whole frame of the usual size, and for the replies of many calls. */
const CHUNK_BYTES = 32_768;

/** How many empty chunks are kept for all connections. */
const SPARE_CHUNKS_MAX = 64;

const spareChunks: Buffer[] = [];

/** Up to here a loop copies faster than the call that copies. */
const SHORT_BYTES = 48;

/** Takes chunks back that were given out and have been written. */
export function recycle(parts: readonly Buffer[]): void {
  for (const part of parts) {
    if (spareChunks.length >= SPARE_CHUNKS_MAX) return;
    if (part.buffer.byteLength === CHUNK_BYTES) spareChunks.push(Buffer.from(part.buffer, 0, CHUNK_BYTES));
  }
}

/** Gathers frames, byte after byte, until they are written all at once. */
export class Outbox {
  #full: Buffer[] = [];
  #fullBytes = 0;
  #chunk: Buffer | undefined;
  #at = 0;

  get sizeBytes(): number {
    return this.#fullBytes + this.#at;
  }

  /** Begins a frame, and makes room for all of it. */
  frame(type: number, flags: number, streamId: number, length: number): void {
    const chunk = this.#room(FRAME_HEAD_BYTES + length);
    const at = this.#at;
    chunk[at] = length >>> 16;
    chunk[at + 1] = length >>> 8;
    chunk[at + 2] = length;
    chunk[at + 3] = type;
    chunk[at + 4] = flags;
    chunk[at + 5] = streamId >>> 24;
    chunk[at + 6] = streamId >>> 16;
    chunk[at + 7] = streamId >>> 8;
    chunk[at + 8] = streamId;
    this.#at = at + FRAME_HEAD_BYTES;
  }

  byte(value: number): void {
    const chunk = this.#room(1);
    chunk[this.#at++] = value;
  }

  uint16(value: number): void {
    this.byte(value >>> 8);
    this.byte(value);
  }

  uint32(value: number): void {
    this.uint16(value >>> 16);
    this.uint16(value);
  }

  bytes(from: Uint8Array, start: number, end: number): void {
    const length = end - start;
    const chunk = this.#room(length);
    const at = this.#at;
    if (length <= SHORT_BYTES)
      for (let index = 0; index < length; index++) chunk[at + index] = from[start + index] as number;
    else chunk.set(start === 0 && end === from.length ? from : from.subarray(start, end), at);
    this.#at = at + length;
  }

  /** Gives all that was gathered. */
  take(): Buffer[] {
    this.#endChunk();
    const taken = this.#full;
    this.#full = [];
    this.#fullBytes = 0;
    return taken;
  }

  #room(length: number): Buffer {
    if (this.#chunk !== undefined && this.#at + length <= this.#chunk.length) return this.#chunk;
    this.#endChunk();
    const isUsual = length <= FRAME_HEAD_BYTES + FRAME_SIZE_BYTES;
    this.#chunk = isUsual ? (spareChunks.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES)) : Buffer.allocUnsafe(length);
    return this.#chunk;
  }

  #endChunk(): void {
    if (this.#chunk === undefined) return;
    if (this.#at > 0) this.#full.push(this.#chunk.subarray(0, this.#at));
    this.#fullBytes += this.#at;
    this.#chunk = undefined;
    this.#at = 0;
  }
}
