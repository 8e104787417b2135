import type { ScheduleOverlapPolicy } from '@perdure/proto/json-types';

/** What happens when a run is due while the last one still runs. */
export const overlapPolicies = [
  ['SCHEDULE_OVERLAP_POLICY_SKIP', 'Skip the new one'],
  ['SCHEDULE_OVERLAP_POLICY_BUFFER_ONE', 'Let one wait its turn'],
  ['SCHEDULE_OVERLAP_POLICY_BUFFER_ALL', 'Let all wait their turn'],
  ['SCHEDULE_OVERLAP_POLICY_CANCEL_OTHER', 'Cancel the running one, then start'],
  ['SCHEDULE_OVERLAP_POLICY_TERMINATE_OTHER', 'Terminate the running one, then start'],
  ['SCHEDULE_OVERLAP_POLICY_ALLOW_ALL', 'Run side by side'],
] as const satisfies readonly (readonly [ScheduleOverlapPolicy, string])[];

export function overlapWords(policy: ScheduleOverlapPolicy | undefined): string {
  return overlapPolicies.find(([value]) => value === policy)?.[1] ?? overlapPolicies[0][1];
}
