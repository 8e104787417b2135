/** What the address says of the page of common errors. */
export interface ErrorsSearch {
  readonly find?: string | undefined;
}

export function readErrorsSearch({ find }: Record<string, unknown>): ErrorsSearch {
  return (typeof find === 'string' || typeof find === 'number') && find !== '' ? { find: String(find) } : {};
}
