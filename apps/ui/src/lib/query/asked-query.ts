import { preferences } from '../preferences.ts';
import { withInstants } from './times.ts';

/** The query as servers take it: with instants for the times that move with the clock, as it stands now. */
export function askedQuery(query: string): string {
  return withInstants(query, Date.now(), preferences.get().timeZone);
}
