import { bytesIn, numberIn, optionalIn, type Row } from '../row.ts';
import type { ReadStatements } from '../statements.ts';
import { toStoreError } from '../sqlite-error.ts';
import { DamagedValue, unpack } from './lz.ts';

/** Dictionaries that are kept at hand: rows of about the same time have the same. */
const KEPT_MAX = 16;

/** Gives packed values as they were. Where they are damaged, a StoreError says so. */
export class Unpacker {
  readonly #statements: Pick<ReadStatements, 'dictionary'>;
  readonly #file: string;
  readonly #dictionaries = new Map<number, Uint8Array>();

  constructor(statements: Pick<ReadStatements, 'dictionary'>, file: string) {
    this.#statements = statements;
    this.#file = file;
  }

  /** The bytes in a column, whose dictionary, if it is packed, another column names. */
  bytesIn(row: Row, column: string, dictionaryColumn = 'dictionary'): Uint8Array {
    const bytes = bytesIn(row, column);
    const id = optionalIn(row, dictionaryColumn, numberIn);
    if (id === undefined) return bytes;
    try {
      return unpack(bytes, this.#dictionary(id));
    } catch (error) {
      throw toStoreError(error, 'read', this.#file);
    }
  }

  #dictionary(id: number): Uint8Array {
    const known = this.#dictionaries.get(id);
    if (known !== undefined) return known;
    const row = this.#statements.dictionary.get(id);
    if (row === undefined) throw new DamagedValue('a packed value names no dictionary');
    const bytes = bytesIn(row, 'bytes');
    if (this.#dictionaries.size >= KEPT_MAX) this.#dictionaries.clear();
    this.#dictionaries.set(id, bytes);
    return bytes;
  }
}
