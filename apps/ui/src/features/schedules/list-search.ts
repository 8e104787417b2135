import type { ScheduleView } from './list/list-query.ts';

/** What the address says of the list of schedules. */
export interface ScheduleListSearch {
  /** The beginning of an ID, or a query. */
  readonly find?: string | undefined;
  readonly view?: ScheduleView | undefined;
}

export function readScheduleSearch({ find, view, query }: Record<string, unknown>): ScheduleListSearch {
  // The official UI's links name it `query`.
  const wanted = [find, query].find((text) => (typeof text === 'string' || typeof text === 'number') && text !== '');
  return {
    ...(wanted !== undefined && { find: String(wanted as string | number) }),
    ...((view === 'active' || view === 'paused') && { view }),
  };
}
