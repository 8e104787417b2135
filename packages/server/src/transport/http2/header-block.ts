import { ConnectionError, ErrorCode } from './protocol.ts';

/** How long a block of headers may be, and how many frames it may come in: twice what a list of headers may have. */
const BLOCK_BYTES_MAX = 131_072;
const BLOCK_FRAMES_MAX = 64;

/** A block of headers that goes on in further frames. */
export class HeaderBlock {
  readonly streamId: number;
  readonly isEndOfStream: boolean;
  readonly #parts: Buffer[] = [];
  #sizeBytes = 0;

  constructor(streamId: number, isEndOfStream: boolean) {
    this.streamId = streamId;
    this.isEndOfStream = isEndOfStream;
  }

  /** Throws `ConnectionError` for one that does not end. */
  add(from: Buffer, start: number, end: number): void {
    this.#sizeBytes += end - start;
    this.#parts.push(from.subarray(start, end));
    if (this.#sizeBytes > BLOCK_BYTES_MAX || this.#parts.length > BLOCK_FRAMES_MAX) {
      throw new ConnectionError(ErrorCode.EnhanceYourCalm, 'headers without end');
    }
  }

  whole(): Buffer {
    return Buffer.concat(this.#parts);
  }
}
