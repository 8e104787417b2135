import { quoted } from '../../../lib/query-text.ts';

export type ScheduleView = 'all' | 'active' | 'paused';

/** The query of the list: a word is the beginning of an ID, and what has an operator is a query already. */
export function listQueryOf(view: ScheduleView, find: string): string {
  const parts = [
    ...(view === 'all' ? [] : [`TemporalSchedulePaused = ${view === 'paused'}`]),
    ...(find === '' ? [] : [isQuery(find) ? `(${find})` : `ScheduleId STARTS_WITH ${quoted(find)}`]),
  ];
  return parts.length === 1 && find !== '' && isQuery(find) ? find : parts.join(' AND ');
}

function isQuery(text: string): boolean {
  return /[=<>]|\b(starts_with|between|in|is)\b/i.test(text);
}
