/** What the address says of a workflow's page, beside its path. */
export interface PageSearch {
  /** The event or group that is looked at. */
  readonly event?: number | undefined;
  /** Replayed up to this event: the state is that of then. */
  readonly at?: number | undefined;
  /** What history is searched for. */
  readonly find?: string | undefined;
  readonly view?: 'all' | 'compact' | 'json' | undefined;
  /** The page stays as it is; so the official UI's addresses say it. */
  readonly refresh_off?: true | undefined;
}

export function readPageSearch(search: Record<string, unknown>): PageSearch {
  const { event, at, find, view, refresh_off: isHeld } = search;
  return {
    ...(isPositive(event) && { event: Number(event) }),
    ...(isPositive(at) && { at: Number(at) }),
    ...((typeof find === 'string' || typeof find === 'number') && find !== '' && { find: String(find) }),
    ...((view === 'compact' || view === 'json') && { view }),
    ...((isHeld === true || isHeld === 'true') && { refresh_off: true }),
  };
}

function isPositive(value: unknown): boolean {
  return Number.isInteger(Number(value)) && Number(value) > 0;
}
