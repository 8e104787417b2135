import type { SqlValue } from '../sql.ts';
import { bytesIn, numberIn } from '../row.ts';
import type { WriteStatement, WriteStatements } from '../statements.ts';
import { Dictionary, pack } from './lz.ts';
import { train } from './train.ts';

/** Which values of a statement are packed, where the number of their dictionary goes, and where the run's key is. */
interface Places {
  readonly values: readonly number[];
  readonly dictionary: number;
  /** Undefined: dictionaries are made of others. What is in visibility is in the history or the snapshot, too. */
  readonly run: number | undefined;
}

const packedValues: Partial<Record<WriteStatement, Places>> = {
  putHistory: { values: [3], dictionary: 4, run: 0 },
  putSnapshot: { values: [2], dictionary: 3, run: 0 },
  putVisibility: { values: [15, 16], dictionary: 17, run: undefined },
};

/** Bytes of values after which the first dictionary is made of them. */
const FIRST_SAMPLE_BYTES = 64 * 1024;

/** Bytes of values that are kept for the next one, of one run in so many. */
const SAMPLE_BYTES = 128 * 1024;
const SAMPLE_RUN_BYTES = 16 * 1024;
const SAMPLE_EVERY = 4;

/** Values are tried with a new dictionary after so many bytes of them, then after twice as many, up to the most. */
const RETRY_BYTES_MIN = 256 * 1024;
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
  /** Values by the key of their run, that of the first one first. */
  readonly #sample = new Map<number, { readonly values: Uint8Array[]; bytes: number }>();
  #sampleBytes = 0;
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
    } else if (this.#bytesSinceTrial >= this.#retryBytes) this.#tryAnother();
  }

  /** The transaction has failed: a dictionary that it wrote is not in the file. */
  rolledBack(): void {
    this.#known = false;
  }

  /** The values of a statement, with those packed that it keeps so. */
  packed(statement: WriteStatement, values: readonly SqlValue[]): readonly SqlValue[] {
    const places = packedValues[statement];
    if (places === undefined) return values;
    if (places.run !== undefined) {
      for (const place of places.values) this.#note(Number(values[places.run]), values[place]);
    }
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

  #note(run: number, value: SqlValue | undefined): void {
    if (!(value instanceof Uint8Array) || value.length > SAMPLE_RUN_BYTES) return;
    this.#bytesSinceTrial += value.length;
    if (this.#newest !== undefined && run % SAMPLE_EVERY !== 0) return;
    const ofRun = this.#sample.get(run) ?? { values: [], bytes: 0 };
    this.#sample.set(run, ofRun);
    // A copy: the value may be a part of something large.
    ofRun.values.push(value.slice());
    let more = value.length;
    while (ofRun.bytes + more > SAMPLE_RUN_BYTES) more -= ofRun.values.shift()?.length ?? 0;
    ofRun.bytes += more;
    this.#sampleBytes += more;
    for (const [oldest, { bytes }] of this.#sample) {
      if (this.#sampleBytes <= SAMPLE_BYTES) break;
      this.#sample.delete(oldest);
      this.#sampleBytes -= bytes;
    }
  }

  /** Another connection may have made the first one meanwhile. */
  #makeFirst(): void {
    this.#read();
    if (this.#newest === undefined) this.#add(train(this.#sampled()));
    this.#bytesSinceTrial = 0;
  }

  /**
   * Makes one of half of the sample; the other half tells whether it is worth its bytes, beside the newest that any
   * connection has made.
   */
  #tryAnother(): void {
    this.#read();
    this.#bytesSinceTrial = 0;
    this.#retryBytes = Math.min(this.#retryBytes * 2, RETRY_BYTES_MAX);
    const sampled = this.#sampled();
    const bytes = train(sampled.filter((_, index) => index % 2 === 0));
    if (bytes === undefined || this.#newest === undefined) return;
    const tested = sampled.flatMap((values, index) => (index % 2 === 1 ? values : []));
    const gain = 1 - packedBytes(tested, new Dictionary(bytes)) / packedBytes(tested, this.#newest.dictionary);
    if (gain >= GAIN_MIN) this.#add(bytes);
  }

  #sampled(): (readonly Uint8Array[])[] {
    return [...this.#sample.values()].map(({ values }) => values);
  }

  #add(bytes: Uint8Array | undefined): void {
    this.#sample.clear();
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
