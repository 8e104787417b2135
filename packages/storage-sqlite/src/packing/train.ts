import { Dictionary, DICTIONARY_BYTES_MAX, pack, sharedParts } from './lz.ts';

/** A part shorter than this is not worth its place in a dictionary. */
const PART_MIN_BYTES = 8;

/** The longest dictionary that is made. */
const TRAINED_BYTES_MAX = 16_384;

/**
 * Makes a dictionary of what the values of different runs have in common: the parts of each that occurred in a run before
 * it. What only one run has, as ids and payloads, stays out however often it has it: a dictionary outlives the run.
 * Undefined where runs have nothing in common.
 */
export function train(valuesOfRuns: Iterable<readonly Uint8Array[]>): Uint8Array | undefined {
  const shared = new Dictionary(new Uint8Array(), TRAINED_BYTES_MAX);
  const seen = new Dictionary(new Uint8Array(), DICTIONARY_BYTES_MAX);
  for (const values of valuesOfRuns) {
    for (const value of values) {
      for (const { from, to } of partsOf(value, seen)) {
        const part = value.subarray(from, to);
        if (part.length >= PART_MIN_BYTES && isNew(part, shared)) shared.add(part);
      }
    }
    for (const value of values) seen.add(value);
  }
  return shared.bytes.length === 0 ? undefined : shared.bytes;
}

function partsOf(value: Uint8Array, seen: Dictionary): { readonly from: number; readonly to: number }[] {
  const packed = pack(value, seen);
  return packed === undefined ? [] : sharedParts(packed, seen.bytes.length);
}

function isNew(part: Uint8Array, shared: Dictionary): boolean {
  const packed = pack(part, shared);
  return packed === undefined || packed.length > 6 + part.length / 255;
}
