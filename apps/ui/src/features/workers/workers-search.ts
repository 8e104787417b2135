/** What the address says of the list of workers. */
export interface WorkersSearch {
  readonly find?: string | undefined;
}

export function readWorkersSearch({ find, query }: Record<string, unknown>): WorkersSearch {
  const wanted = [find, query].find((text) => (typeof text === 'string' || typeof text === 'number') && text !== '');
  return wanted === undefined ? {} : { find: String(wanted as string | number) };
}
