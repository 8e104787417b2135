/** What the address says of the list of workflows; the official UI's links have the same names. */
export interface ListSearch {
  readonly query?: string | undefined;
}

export function readListSearch(search: Record<string, unknown>): ListSearch {
  const { query } = search;
  return typeof query === 'string' && query.trim() !== '' ? { query } : {};
}
