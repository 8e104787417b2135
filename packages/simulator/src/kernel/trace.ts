/** How many of the last steps are kept for a report. */
const KEPT_STEPS = 60;

/** What happened, step by step: a hash of it all, and the last steps as text. */
export class Trace {
  #hash1 = 0x811c9dc5;
  #hash2 = 0x9dc5811c;
  readonly #kept: string[] = [];
  readonly #print: ((line: string) => void) | undefined;
  #count = 0;

  /** With `print` every line is also given out as it comes. */
  constructor(print: ((line: string) => void) | undefined) {
    this.#print = print;
  }

  /** Notes one step. */
  note(nowMs: number, text: string): void {
    this.#mix(nowMs);
    for (let index = 0; index < text.length; index++) this.#mix(text.charCodeAt(index));
    const line = `${String(nowMs).padStart(8)} ${text}`;
    this.#kept[this.#count % KEPT_STEPS] = line;
    this.#count += 1;
    this.#print?.(line);
  }

  /** Lets bytes count in the hash without a line of their own. */
  mixBytes(bytes: Uint8Array): void {
    for (let index = 0; index < bytes.length; index += 4) {
      const [a = 0, b = 0, c = 0, d = 0] = [bytes[index], bytes[index + 1], bytes[index + 2], bytes[index + 3]];
      this.#mix(a | (b << 8) | (c << 16) | (d << 24));
    }
  }

  /** 16 hexadecimal digits; equal for equal runs. */
  get hash(): string {
    return [this.#hash1, this.#hash2].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join('');
  }

  /** The last steps, oldest first. */
  get lastSteps(): readonly string[] {
    const start = Math.max(0, this.#count - KEPT_STEPS);
    return Array.from({ length: this.#count - start }, (_, index) => this.#kept[(start + index) % KEPT_STEPS] ?? '');
  }

  #mix(value: number): void {
    this.#hash1 = Math.imul(this.#hash1 ^ value, 0x01000193);
    this.#hash2 = Math.imul(this.#hash2 ^ value, 0x5bd1e995) ^ (this.#hash2 >>> 13);
  }
}
