import { ConnectionError, ErrorCode, FRAME_HEAD_BYTES, FRAME_SIZE_BYTES } from './protocol.ts';

/** Takes the frames of a connection: the payload is what is between `start` and `end`, and may be kept. */
export interface FrameListener {
  frame(type: number, flags: number, streamId: number, from: Buffer, start: number, end: number): void;
}

/**
 * Cuts what arrives on a connection into frames. A frame that comes whole is read where it lies; one that comes in pieces
 * is gathered, in room that grows with what has come, so that nobody gets memory for an announcement.
 */
export class FrameParser {
  readonly #listener: FrameListener;
  #gathered: Buffer = Buffer.alloc(0);
  #have = 0;

  constructor(listener: FrameListener) {
    this.#listener = listener;
  }

  /** Throws `ConnectionError` for a frame that is too large, and what the listener throws. */
  push(chunk: Buffer): void {
    let at = this.#have === 0 ? 0 : this.#complete(chunk);
    while (chunk.length - at >= FRAME_HEAD_BYTES) {
      const end = at + FRAME_HEAD_BYTES + payloadLength(chunk, at);
      if (end > chunk.length) break;
      this.#emit(chunk, at, end);
      at = end;
    }
    if (at < chunk.length) this.#gather(chunk, at, chunk.length);
  }

  /** Completes the frame that has begun, as far as the chunk goes. Gives where in the chunk the next one begins. */
  #complete(chunk: Buffer): number {
    let at = 0;
    if (this.#have < FRAME_HEAD_BYTES) {
      at = Math.min(chunk.length, FRAME_HEAD_BYTES - this.#have);
      this.#gather(chunk, 0, at);
      if (this.#have < FRAME_HEAD_BYTES) return at;
    }
    const size = FRAME_HEAD_BYTES + payloadLength(this.#gathered, 0);
    const end = Math.min(chunk.length, at + size - this.#have);
    this.#gather(chunk, at, end);
    if (this.#have === size) {
      const whole = this.#gathered;
      this.#gathered = Buffer.alloc(0);
      this.#have = 0;
      this.#emit(whole, 0, size);
    }
    return end;
  }

  #gather(chunk: Buffer, start: number, end: number): void {
    const have = this.#have + end - start;
    if (have > this.#gathered.length) {
      const larger = Buffer.allocUnsafe(Math.min(2 * have, FRAME_HEAD_BYTES + FRAME_SIZE_BYTES));
      this.#gathered.copy(larger, 0, 0, this.#have);
      this.#gathered = larger;
    }
    chunk.copy(this.#gathered, this.#have, start, end);
    this.#have = have;
  }

  #emit(from: Buffer, at: number, end: number): void {
    const streamId =
      (((from[at + 5] as number) & 0x7f) << 24) |
      ((from[at + 6] as number) << 16) |
      ((from[at + 7] as number) << 8) |
      (from[at + 8] as number);
    this.#listener.frame(from[at + 3] as number, from[at + 4] as number, streamId, from, at + FRAME_HEAD_BYTES, end);
  }
}

function payloadLength(from: Buffer, at: number): number {
  const length = ((from[at] as number) << 16) | ((from[at + 1] as number) << 8) | (from[at + 2] as number);
  if (length > FRAME_SIZE_BYTES) throw new ConnectionError(ErrorCode.FrameSizeError, 'frame too large');
  return length;
}
