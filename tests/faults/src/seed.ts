import { randomInt } from 'node:crypto';
import process from 'node:process';

/**
 * Numbers that follow from a seed (mulberry32). What is drawn for one purpose does not shift what is drawn for another:
 * each purpose has a fork of its own.
 */
export class Random {
  readonly #seed: number;
  #state: number;

  constructor(seed: number) {
    this.#seed = seed >>> 0;
    this.#state = this.#seed;
  }

  /** An independent sequence, the same for the same purpose. */
  fork(purpose: string): Random {
    let hash = this.#seed ^ 0x9e3779b9;
    for (const character of purpose) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
    return new Random(hash);
  }

  /** From 0 up to, not including, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, both bounds included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.between(0, choices.length - 1)] ?? choices[0];
  }
}

/** The seed of this process: PERDURE_FAULT_SEED repeats that of an earlier run, as far as real time allows. */
export function faultSeed(): number {
  const given = process.env['PERDURE_FAULT_SEED'];
  const seed = given === undefined || given === '' ? randomInt(2 ** 31) : Number(given);
  if (!Number.isInteger(seed)) throw new Error(`PERDURE_FAULT_SEED must be a whole number, not ${given ?? ''}`);
  return seed;
}
