import { hash, timingSafeEqual } from 'node:crypto';

/** Bytes of a signature that travel: 128 bits of an HMAC-SHA256. */
export const SIGNATURE_BYTES = 16;

/** Of SHA-256. */
const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

/**
 * HMAC-SHA256 (RFC 2104) with one key, cut off. Out of two one-shot hashes, whose results are strings: an object of the
 * platform for each signature costs four times as much.
 */
export class Signer {
  /** The padded key and behind it what is signed; the padded key and the inner digest. */
  #inner: Buffer;
  readonly #outer: Buffer;

  /** The key has at most {@link BLOCK_BYTES} bytes. */
  constructor(key: Uint8Array) {
    this.#inner = Buffer.alloc(BLOCK_BYTES, INNER_PAD);
    this.#outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES, OUTER_PAD);
    for (const [index, byte] of key.entries()) {
      this.#inner[index] = byte ^ INNER_PAD;
      this.#outer[index] = byte ^ OUTER_PAD;
    }
  }

  /** The signature of two pieces put together, a character for each byte. */
  sign(head: readonly number[], body: Uint8Array): string {
    const bodyAt = BLOCK_BYTES + head.length;
    const size = bodyAt + body.length;
    if (this.#inner.length < size) this.#inner = Buffer.concat([this.#inner.subarray(0, BLOCK_BYTES)], 2 * size);
    this.#inner.set(head, BLOCK_BYTES);
    this.#inner.set(body, bodyAt);
    this.#outer.write(hash('sha256', this.#inner.subarray(0, size), 'latin1'), BLOCK_BYTES, 'latin1');
    return hash('sha256', this.#outer, 'latin1').slice(0, SIGNATURE_BYTES);
  }

  isSignature(signature: string, head: readonly number[], body: Uint8Array): boolean {
    return timingSafeEqual(Buffer.from(signature, 'latin1'), Buffer.from(this.sign(head, body), 'latin1'));
  }
}
