import { uuidText } from './uuid.ts';

/** A row as SQLite gives it, on any thread. */
export type Row = Readonly<Record<string, unknown>>;

/** The integer or real number in a column. */
export function numberIn(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw wrongType(column, 'a number');
  return value;
}

/** The text in a column of `textColumn`. */
export function textIn(row: Row, column: string): string {
  const value = row[column];
  if (typeof value === 'string') return value;
  if (!(value instanceof Uint8Array)) throw wrongType(column, 'a text');
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8');
}

export function bytesIn(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw wrongType(column, 'bytes');
  return value;
}

/** The text of a UUID that is kept as bytes. */
export function uuidIn(row: Row, column: string): string {
  return uuidText(bytesIn(row, column));
}

/** What `read` gives for a column, or undefined where it is NULL. */
export function optionalIn<Value>(
  row: Row,
  column: string,
  read: (row: Row, column: string) => Value,
): Value | undefined {
  return row[column] === null || row[column] === undefined ? undefined : read(row, column);
}

function wrongType(column: string, expected: string): Error {
  return new Error(`invariant broken: column ${column} holds no ${expected}`);
}
