import type {
  CreateScheduleRequest,
  Schedule as ScheduleDefinition,
  SchedulePatch,
  UpdateScheduleRequest,
} from '@perdure/proto/types';
import type { SettleInput } from '../aggregate/settle.ts';
import type { WorkflowClosedInput } from '../workflow/callback/watcher.ts';
import type { DeleteInput, Done, WakeInput } from '../workflow/input.ts';

/** What can happen to a schedule id. Requests are validated before, specs in canonical form. */
export type ScheduleInput =
  | CreateScheduleInput
  | UpdateScheduleInput
  | PatchScheduleInput
  | DeleteScheduleInput
  | DeleteInput
  | WorkflowClosedInput
  | WakeInput
  | SettleInput;

export interface ScheduleReplies {
  createSchedule: ScheduleCreated;
  updateSchedule: Done;
  patchSchedule: Done;
  deleteSchedule: Done;
  delete: Done;
  workflowClosed: Done;
  wake: Done;
  settle: Done;
}

export interface CreateScheduleInput {
  readonly kind: 'createSchedule';
  readonly request: CreateScheduleRequest & { readonly requestId: string; readonly schedule: ScheduleDefinition };
}

export interface ScheduleCreated extends Done {
  readonly conflictToken: number;
}

export interface UpdateScheduleInput {
  readonly kind: 'updateSchedule';
  readonly request: UpdateScheduleRequest & { readonly schedule: ScheduleDefinition };
  /** The definition must still be that one; 0: whatever it is. */
  readonly conflictToken: number;
}

export interface PatchScheduleInput {
  readonly kind: 'patchSchedule';
  readonly patch: SchedulePatch;
  readonly requestId: string;
}

/** Its row is kept as long as those of other closed executions; `delete` has it removed at once. */
export interface DeleteScheduleInput {
  readonly kind: 'deleteSchedule';
}
