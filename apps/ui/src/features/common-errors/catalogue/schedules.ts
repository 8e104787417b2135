import type { Topic } from './entry.ts';

export const schedules: Topic = {
  title: 'Schedules and cron',
  errors: [
    {
      id: 'schedule-skips',
      title: 'A schedule leaves runs out',
      seen: ['Fewer runs than times; “Skipped, as one was running” on the page of the schedule grows.'],
      why: 'The run before was still open, and the overlap policy is `Skip`, which it is unless another is chosen.',
      advice: [
        '`BufferOne` starts one more when the running one ends, `BufferAll` all of them, `AllowAll` at once, beside it.',
        'Or make the runs shorter than the interval.',
      ],
    },
    {
      id: 'schedule-missed',
      title: 'Runs are missing after the server was down',
      seen: ['“Missed in an outage” on the page of the schedule.'],
      why: 'After a pause the schedule makes up for the times that it missed, as far back as its catch-up window allows: a year unless it is shorter. What is older is dropped.',
      advice: [
        'Choose the catch-up window by how old a run may be and still be of use.',
        'Backfill the range that is missing.',
      ],
    },
    {
      id: 'schedule-paused',
      title: 'A schedule has paused itself',
      seen: ['It is paused, with the note `paused due to workflow failure: …` or `paused due to workflow timeout: …`.'],
      why: '“Pause on failure” is set, and a run failed or timed out.',
      advice: ['Mend the workflow, then unpause it; backfill what was left out meanwhile.'],
    },
    {
      id: 'schedule-times',
      title: 'Runs start at other hours than expected',
      seen: ['Runs that are an hour off, from one season to the other; or a few minutes late.'],
      why: 'Times of a schedule are of its time zone, UTC unless one is set; in a zone with daylight saving an hour is left out or comes twice. Jitter puts each start off by a part of it. Cron strings given to a workflow start are in UTC unless they begin with `CRON_TZ=`.',
      advice: [
        'Set the time zone of the schedule; the form here shows the next runs before anything is saved.',
        'Set jitter to zero where the minute matters.',
      ],
    },
    {
      id: 'cron-drifts',
      title: 'A cron workflow leaves times out',
      seen: ['Times of the cron string at which nothing was started.'],
      why: 'A cron workflow is one chain: the next run begins at the first time after the end of the one before. Times that pass while a run is open are skipped, and its times cannot be changed.',
      advice: ['Use a schedule instead: it has overlap policies, a catch-up window, a pause and backfills.'],
    },
    {
      id: 'schedule-start-fails',
      title: 'A schedule is due, and starts nothing',
      seen: ['No new action at a time that has passed, though it is not paused.'],
      why: 'Its limited number of actions is used up, its end time has passed, or the search attributes or arguments of the action are refused by the server at each start.',
      advice: [
        'See “Runs left” and the times on the page of the schedule.',
        'Trigger it: what refuses the start is said then, in the server’s log at the least.',
      ],
    },
  ],
};
