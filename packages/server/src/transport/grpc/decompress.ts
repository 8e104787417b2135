import { Buffer } from 'node:buffer';
import { gunzipSync } from 'node:zlib';

/** Room that is made at a time for what is decompressed: most requests are shorter, and 16 KB, the default, costs. */
const CHUNK_BYTES = 2_048;

/** What comes again is short: a poll. */
const REMEMBERED_BYTES_MAX = 1_024;

/** Places for messages, each taken by its checksum: a server has few workers with queues of their own. */
const REMEMBERED = 64;

/** A gzip file ends with the checksum and the length of what it holds, four bytes each. RFC 1952, 2.3.1. */
const TRAILER_BYTES = 8;

interface Remembered {
  readonly compressed: Buffer;
  readonly message: Buffer;
}

/**
 * Decompresses messages. Half of what a worker sends are polls, each the same bytes as the one before: those that come
 * again are recognised, as zlib makes a stream of its own for each, which takes longer than the message.
 */
export class Decompressor {
  /** The checksums that came last: what comes once does not take the place of what comes often. */
  readonly #seen = new Uint32Array(REMEMBERED);
  readonly #remembered: (Remembered | undefined)[] = Array.from({ length: REMEMBERED });

  /**
   * What a gzip file holds; nobody may write to it. Throws as zlib does where the file is malformed, or holds more than
   * `sizeBytesMax`.
   */
  gunzip(file: Buffer, sizeBytesMax: number): Buffer {
    if (file.length > REMEMBERED_BYTES_MAX || file.length < TRAILER_BYTES) return decompress(file, sizeBytesMax);
    const checksum = file.readUInt32LE(file.length - TRAILER_BYTES);
    const index = checksum % REMEMBERED;
    const remembered = this.#remembered[index];
    if (remembered?.compressed.equals(file) === true && remembered.message.length <= sizeBytesMax) {
      return remembered.message;
    }
    const message = decompress(file, sizeBytesMax);
    if (this.#seen[index] === checksum && message.length <= CHUNK_BYTES) {
      this.#remembered[index] = { compressed: Buffer.from(file), message };
    }
    this.#seen[index] = checksum;
    return message;
  }
}

function decompress(file: Buffer, sizeBytesMax: number): Buffer {
  return gunzipSync(file, { maxOutputLength: sizeBytesMax, chunkSize: CHUNK_BYTES });
}
