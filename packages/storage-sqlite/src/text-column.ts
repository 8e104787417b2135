import { DatabaseSync } from 'node:sqlite';

/** Whether this Node.js gives texts whole; Node.js 22 cuts them at their first NUL. */
const givesWholeTexts = readsNul();

/** A column of texts in a SELECT, read as bytes where texts would be cut; `textIn` takes both. */
export function textColumn(column: string): string {
  return givesWholeTexts ? column : `CAST(${column} AS BLOB) AS ${column.replace(/^.*\./, '')}`;
}

function readsNul(): boolean {
  const database = new DatabaseSync(':memory:');
  try {
    return database.prepare("SELECT 'a' || char(0) || 'b' AS value").get()?.['value'] === 'a\0b';
  } finally {
    database.close();
  }
}
