/** A value that SQLite takes and gives. */
export type SqlValue = null | number | string | Uint8Array;

const EMPTY = new Uint8Array();

/** Bytes as they are bound: Node.js 22 takes some empty arrays (those that have no memory) for NULL. */
export function blob(bytes: Uint8Array): Uint8Array {
  return bytes.length === 0 ? EMPTY : bytes;
}

/** A statement and its values. Values are never part of the text. */
export interface Sql {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

/** Guards a statement that may look at many rows: a function of the connection that throws when time is up. */
export const TIME_GUARD = 'within_time';
