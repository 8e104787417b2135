import { type Client, type ScheduleOptions, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import { taskQueue } from './worker.ts';

const album = { type: 'startWorkflow', workflowType: 'resizeAlbum', taskQueue, args: [3] } as const;

/** Schedules of every kind that the UI tells apart. */
const schedules: readonly ScheduleOptions[] = [
  {
    scheduleId: 'nightly-report',
    spec: { calendars: [{ hour: 3, dayOfWeek: { start: 'MONDAY', end: 'FRIDAY' } }], timezone: 'Europe/Berlin' },
    action: album,
    policies: { overlap: ScheduleOverlapPolicy.BUFFER_ONE },
    state: { note: 'For the finance team' },
  },
  {
    scheduleId: 'thumbnails',
    spec: { intervals: [{ every: '1h' }] },
    action: album,
    state: { triggerImmediately: true },
  },
  {
    scheduleId: 'monthly-invoices',
    spec: {
      calendars: [
        { hour: 9, dayOfMonth: 1 },
        { hour: 17, minute: 30, dayOfMonth: 15 },
      ],
      jitter: '10m',
      timezone: 'America/New_York',
    },
    action: { ...album, workflowType: 'importCatalogue' },
    state: { paused: true, note: 'Stopped until the tax rates are in' },
  },
  {
    scheduleId: 'sync-crm',
    spec: { cronExpressions: ['*/15 8-17 * * MON-FRI # office hours'] },
    action: { ...album, workflowType: 'remindLater' },
    state: { remainingActions: 40 },
  },
  {
    scheduleId: 'always-refused',
    spec: { intervals: [{ every: '1h' }] },
    action: { ...album, workflowType: 'refuse', args: ['the warehouse is closed'] },
    policies: { pauseOnFailure: true },
    state: { triggerImmediately: true },
  },
];

export async function createSchedules(client: Client): Promise<void> {
  for (const schedule of schedules) {
    try {
      await client.schedule.create(schedule);
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    }
  }
}
