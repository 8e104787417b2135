import type { SystemView } from '../../../components/list/view-bar.tsx';
import { viewStore } from '../../../components/list/views.ts';
import type { Attribute } from '../../../lib/query/attributes.ts';

export const scheduleViews = viewStore('scheduleViews');

/** Views that every namespace has. */
export const systemViews: readonly SystemView[] = [
  { name: 'All', query: '' },
  { name: 'Active', query: 'TemporalSchedulePaused = false' },
  { name: 'Paused', query: 'TemporalSchedulePaused = true' },
];

/** What schedules can be asked for, beside the attributes of the namespace: servers refuse all others. */
export const scheduleAttributes: readonly Attribute[] = [
  { name: 'ScheduleId', kind: 'Keyword', isCustom: false },
  { name: 'TemporalSchedulePaused', kind: 'Bool', isCustom: false },
];
