import { wantedQuery } from '../../lib/query/query-text.ts';

/** What the address says of the list of schedules; the official UI's links have the same name. */
export interface ScheduleListSearch {
  readonly query?: string | undefined;
}

/** The query of an address. Links of before had words to find (`find`) and one of three views. */
export function readScheduleSearch({ find, view, query }: Record<string, unknown>): ScheduleListSearch {
  const text = [query, find].find((each) => (typeof each === 'string' || typeof each === 'number') && each !== '');
  const wanted = text === undefined ? '' : wantedQuery(String(text as string | number), 'ScheduleId');
  const paused = view === 'active' || view === 'paused' ? `TemporalSchedulePaused = ${view === 'paused'}` : '';
  if (wanted === '' || paused === '') return wanted + paused === '' ? {} : { query: wanted + paused };
  return { query: `${paused} AND (${wanted})` };
}
