/** A seeded source of random numbers (sfc32). The same seed and name give the same numbers on every machine. */
export class Random {
  readonly #seed: number;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, name = '') {
    this.#seed = seed;
    let hash = 0x9e3779b9 ^ Math.imul(seed | 0, 0x85ebca6b) ^ Math.floor(seed / 2 ** 32);
    for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
    this.#a = mix(hash);
    this.#b = mix(this.#a ^ 0x243f6a88);
    this.#c = mix(this.#b ^ 0x13198a2e);
    for (let round = 0; round < 12; round++) this.#next();
  }

  /** A source of its own for one part, so that what one part draws does not shift what another gets. */
  fork(name: string): Random {
    return new Random(this.#seed, name);
  }

  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.#unit() * (max - min + 1));
  }

  /** True with that probability. */
  chance(probability: number): boolean {
    return probability > 0 && this.#unit() < probability;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.int(0, items.length - 1)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  /** One of the keys, each as likely as its weight. */
  weighted<Key extends string>(weights: Readonly<Partial<Record<Key, number>>>): Key {
    const entries = Object.entries(weights) as [Key, number][];
    let left = this.#unit() * entries.reduce((total, [, weight]) => total + weight, 0);
    for (const [key, weight] of entries) {
      left -= weight;
      if (left < 0) return key;
    }
    return this.pick(entries.map(([key]) => key));
  }

  /** Mostly small, seldom near `max`: how delays in networks and disks are spread. */
  delayMs(max: number): number {
    return Math.floor(max * this.#unit() ** 4);
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let index = 0; index < length; index++) bytes[index] = this.#next() & 0xff;
    return bytes;
  }

  #unit(): number {
    return this.#next() / 2 ** 32;
  }

  #next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return mixed ^ (mixed >>> 16);
}
