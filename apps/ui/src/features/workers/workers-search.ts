import { wantedQuery } from '../../lib/query/query-text.ts';

/** What the address says of the list of workers; the official UI's links have the same name. */
export interface WorkersSearch {
  readonly query?: string | undefined;
}

/** The query of an address. Links of before had words to find (`find`). */
export function readWorkersSearch({ find, query }: Record<string, unknown>): WorkersSearch {
  const text = [query, find].find((each) => (typeof each === 'string' || typeof each === 'number') && each !== '');
  return text === undefined ? {} : { query: wantedQuery(String(text as string | number), 'WorkerIdentity') };
}
