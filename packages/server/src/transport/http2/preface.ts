import { PREFACE } from './protocol.ts';

/** What a client says before its first frame. */
export class Preface {
  #have = 0;

  get isComplete(): boolean {
    return this.#have === PREFACE.length;
  }

  /** Takes what belongs to it and gives the rest; undefined for a peer that says something else. */
  take(chunk: Buffer): Buffer | undefined {
    const length = Math.min(chunk.length, PREFACE.length - this.#have);
    if (chunk.compare(PREFACE, this.#have, this.#have + length, 0, length) !== 0) return undefined;
    this.#have += length;
    return chunk.subarray(length);
  }
}
