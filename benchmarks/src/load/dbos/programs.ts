import type { LoadPrograms } from '../load.ts';

/** A program on the DBOS library of a folder, with its state in a database. */
export function dbosPrograms(folder: string, databaseUrl: string): LoadPrograms {
  return { client: new URL('./program-process.ts', import.meta.url), args: [folder, databaseUrl] };
}
