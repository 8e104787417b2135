/** A limit that no key changes: a constant of a source file, by path below `packages/`. */
interface FixedLimit {
  readonly file: string;
  readonly constant: string;
  readonly meaning: string;
}

export const fixedLimits: readonly FixedLimit[] = [
  {
    file: 'core/src/kernel/time.ts',
    constant: 'DURATION_MS_MAX',
    meaning: 'Milliseconds of any duration; longer ones are cut',
  },
  {
    file: 'core/src/kernel/priority.ts',
    constant: 'FAIRNESS_KEY_LENGTH_MAX',
    meaning: 'Bytes of a fairness key',
  },
  {
    file: 'core/src/workflow/task/schedule.ts',
    constant: 'PLAIN_TIMEOUT_ATTEMPTS',
    meaning: 'Attempts of a workflow task before its timeout grows',
  },
  {
    file: 'core/src/workflow/task/speculative.ts',
    constant: 'SCHEDULE_TO_START_TIMEOUT_MS',
    meaning: 'How long a speculative workflow task waits for a poller',
  },
  {
    file: 'core/src/workflow/update/admit.ts',
    constant: 'FAILING_ATTEMPTS',
    meaning: 'Attempts of a workflow task from which updates and queries are refused',
  },
  {
    file: 'core/src/schedule/due.ts',
    constant: 'BUFFER_MAX',
    meaning: 'Actions of a schedule that wait, and backfills',
  },
  {
    file: 'core/src/schedule/due.ts',
    constant: 'CATCHUP_WINDOW_DEFAULT_MS',
    meaning: 'Catch-up window of a schedule that names none',
  },
  { file: 'core/src/schedule/due.ts', constant: 'CATCHUP_WINDOW_MIN_MS', meaning: 'The shortest catch-up window' },
  {
    file: 'core/src/schedule/due.ts',
    constant: 'RETENTION_MS',
    meaning: 'How long a schedule is kept that has nothing left to do',
  },
  {
    file: 'core/src/schedule/change.ts',
    constant: 'RECENT_ACTIONS_MAX',
    meaning: 'Recent actions that a schedule shows',
  },
  {
    file: 'core/src/schedule/describe.ts',
    constant: 'MATCHING_TIMES_MAX',
    meaning: 'Times in one list of matching times',
  },
  { file: 'core/src/visibility/query.ts', constant: 'QUERY_SIZE_BYTES_MAX', meaning: 'Bytes of a visibility query' },
  {
    file: 'core/src/visibility/query.ts',
    constant: 'QUERY_CONDITIONS_MAX',
    meaning: 'Conditions of a visibility query',
  },
  { file: 'core/src/visibility/query.ts', constant: 'QUERY_LITERALS_MAX', meaning: 'Values in a visibility query' },
  {
    file: 'server/src/matching/matching.ts',
    constant: 'STICKY_POLLER_WINDOW_MS',
    meaning: 'How long after its last poll a sticky worker counts as there',
  },
  {
    file: 'server/src/matching/task-queue.ts',
    constant: 'POLLER_HISTORY_MS',
    meaning: 'How long a poller is shown after its last poll',
  },
  {
    file: 'server/src/matching/task-queue.ts',
    constant: 'KEY_LIMITS_MAX',
    meaning: 'Fairness keys of a task queue whose rate is kept',
  },
  {
    file: 'server/src/matching/rate-limit.ts',
    constant: 'RATE_PER_SECOND_MAX',
    meaning: 'Tasks a second that a rate limit of a task queue can say',
  },
  {
    file: 'server/src/rpc/task-queue-config.ts',
    constant: 'REASON_LENGTH_MAX',
    meaning: 'Bytes of the reason of a rate limit',
  },
  {
    file: 'server/src/rpc/validate-schedule.ts',
    constant: 'NOTES_LENGTH_MAX',
    meaning: 'Bytes of the notes of a schedule',
  },
  { file: 'server/src/rpc/long-poll.ts', constant: 'TIMEOUT_MIN_MS', meaning: 'The shortest deadline of a poll' },
  {
    file: 'server/src/rpc/history-pages.ts',
    constant: 'PAGE_SIZE_BYTES_MAX',
    meaning: 'Bytes of one page of a history',
  },
  {
    file: 'server/src/transport/unary.ts',
    constant: 'MESSAGE_SIZE_BYTES_MAX',
    meaning:
      'Bytes of the message of a refusal; longer ones are cut (`system.maxServiceErrorMessageLength` in Temporal)',
  },
];
