import type { SqlValue } from '../sql.ts';
import { bytesIn, numberIn } from '../row.ts';
import type { WriteStatement, WriteStatements } from '../statements.ts';
import { Dictionary, pack, PACKED_BYTES_MAX } from './lz.ts';
import { train } from './train.ts';

/** Which values of a statement are packed, and where the number of their dictionary goes. */
const packedValues: Partial<
  Record<WriteStatement, { readonly values: readonly number[]; readonly dictionary: number }>
> = {
  putHistory: { values: [3], dictionary: 4 },
  putSnapshot: { values: [2], dictionary: 3 },
  putVisibility: { values: [15, 16], dictionary: 17 },
};

/** Bytes of values after which the first dictionary is made of them. */
const FIRST_SAMPLE_BYTES = 64 * 1024;

/** Bytes of values that are kept for the next one, and how many values are passed over for each of them. */
const SAMPLE_BYTES = 128 * 1024;
const SAMPLE_EVERY = 8;

/** Values are tried with a new dictionary after so many bytes of them, then after twice as many, up to the most. */
const RETRY_BYTES_MIN = 1024 * 1024;
const RETRY_BYTES_MAX = 64 * 1024 * 1024;

/** A new dictionary has to make values smaller by this part: each takes its place in the file for ever. */
const GAIN_MIN = 0.15;

/**
 * Packs the values of one connection's commits with the newest dictionary of the file, and makes a better one of a
 * sample of them as the load changes: workers get other builds, workflows other types. A file of a few workflows has
 * none: its values stand as they are.
 */
export class Packer {
  readonly #statements: WriteStatements;
  #newest: { readonly id: number; readonly dictionary: Dictionary } | undefined;
  /** Whether `#newest` is what the file has, as far as this connection can know. */
  #known = false;
  readonly #sample: Uint8Array[] = [];
  #sampleBytes = 0;
  #values = 0;
  #bytesSinceTrial = 0;
  #retryBytes = RETRY_BYTES_MIN;

  constructor(statements: WriteStatements) {
    this.#statements = statements;
  }

  /** Called in each transaction before its values are packed. */
  begin(): void {
    if (!this.#known) this.#read();
    if (this.#newest === undefined) {
      if (this.#sampleBytes >= FIRST_SAMPLE_BYTES) this.#makeFirst();
    } else if (this.#bytesSinceTrial >= this.#retryBytes) this.#tryAnother(this.#newest.dictionary);
  }

  /** The transaction has failed: a dictionary that it wrote is not in the file. */
  rolledBack(): void {
    this.#known = false;
  }

  /** The values of a statement, with those packed that it keeps so. */
  packed(statement: WriteStatement, values: readonly SqlValue[]): readonly SqlValue[] {
    const places = packedValues[statement];
    if (places === undefined) return values;
    for (const place of places.values) this.#note(values[place]);
    if (this.#newest === undefined) return values;
    const { id, dictionary } = this.#newest;
    const packed = [...values];
    for (const place of places.values) {
      const value = values[place];
      if (!(value instanceof Uint8Array)) continue;
      const shorter = pack(value, dictionary);
      if (shorter === undefined) return values;
      packed[place] = shorter;
    }
    packed[places.dictionary] = id;
    return packed;
  }

  #note(value: SqlValue | undefined): void {
    if (!(value instanceof Uint8Array) || value.length > PACKED_BYTES_MAX) return;
    this.#bytesSinceTrial += value.length;
    this.#values += 1;
    if (this.#newest !== undefined && this.#values % SAMPLE_EVERY !== 0) return;
    // A copy: the value may be a part of something large.
    this.#sample.push(value.slice());
    this.#sampleBytes += value.length;
    while (this.#sampleBytes > SAMPLE_BYTES) this.#sampleBytes -= this.#sample.shift()?.length ?? 0;
  }

  /** Another connection may have made the first one meanwhile. */
  #makeFirst(): void {
    this.#read();
    if (this.#newest === undefined) this.#add(train(this.#sample));
    this.#bytesSinceTrial = 0;
  }

  /** Makes one of half of the sample; the other half tells whether it is worth its bytes. */
  #tryAnother(present: Dictionary): void {
    this.#bytesSinceTrial = 0;
    this.#retryBytes = Math.min(this.#retryBytes * 2, RETRY_BYTES_MAX);
    const bytes = train(this.#sample.filter((_, index) => index % 2 === 0));
    if (bytes === undefined) return;
    const tested = this.#sample.filter((_, index) => index % 2 === 1);
    const gain = 1 - packedBytes(tested, new Dictionary(bytes)) / packedBytes(tested, present);
    if (gain >= GAIN_MIN) this.#add(bytes);
  }

  #add(bytes: Uint8Array | undefined): void {
    this.#sample.length = 0;
    this.#sampleBytes = 0;
    if (bytes === undefined) return;
    const id = Number(this.#statements.putDictionary.run(bytes).lastInsertRowid);
    this.#newest = { id, dictionary: new Dictionary(bytes) };
  }

  #read(): void {
    const row = this.#statements.newestDictionary.get();
    this.#newest = row && { id: numberIn(row, 'dictionary'), dictionary: new Dictionary(bytesIn(row, 'bytes')) };
    this.#known = true;
  }
}

function packedBytes(values: readonly Uint8Array[], dictionary: Dictionary): number {
  return values.reduce((sum, value) => sum + (pack(value, dictionary) ?? value).length, 0);
}
