/** What the address says of a workflow's page, beside its path. */
export interface PageSearch {
  /** The event or group that is looked at. */
  readonly event?: number | undefined;
  /** Replayed up to this event: the state is that of then. */
  readonly at?: number | undefined;
  /** What history is searched for. */
  readonly find?: string | undefined;
  readonly view?: 'all' | 'compact' | 'json' | undefined;
}

export function readPageSearch(search: Record<string, unknown>): PageSearch {
  const { event, at, find, view } = search;
  return {
    ...(isPositive(event) && { event: Number(event) }),
    ...(isPositive(at) && { at: Number(at) }),
    ...((typeof find === 'string' || typeof find === 'number') && find !== '' && { find: String(find) }),
    ...((view === 'compact' || view === 'json') && { view }),
  };
}

function isPositive(value: unknown): boolean {
  return Number.isInteger(Number(value)) && Number(value) > 0;
}
