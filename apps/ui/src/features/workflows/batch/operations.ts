import type { StartBatchOperationRequest } from '@perdure/proto/json-types';
import { optionsChange, type OptionTexts } from '../../../lib/activity-options.ts';
import { jsonProblem } from '../../../lib/json-problem.ts';
import { payloadsFromText } from '../../../lib/payload.ts';
import { noPriority, priorityChange, type PriorityTexts } from '../../../lib/priority.ts';

/** What a batch does to each workflow. */
export type BatchAction =
  | 'signal'
  | 'reset'
  | 'cancel'
  | 'terminate'
  | 'delete'
  | 'priority'
  | 'unpauseActivities'
  | 'resetActivities'
  | 'activityOptions';

/** All that the forms of batches hold; each action reads its part. */
export interface BatchForm {
  readonly signalName: string;
  /** JSON. */
  readonly input: string;
  readonly resetTo: 'first' | 'last';
  readonly priority: PriorityTexts;
  /** Of activities; empty for all. */
  readonly activityType: string;
  readonly resetsAttempts: boolean;
  readonly resetsHeartbeat: boolean;
  readonly keepsPaused: boolean;
  readonly restoresOptions: boolean;
  readonly options: OptionTexts;
}

export const emptyForm: BatchForm = {
  signalName: '',
  input: '',
  resetTo: 'first',
  priority: noPriority,
  activityType: '',
  resetsAttempts: false,
  resetsHeartbeat: false,
  keepsPaused: false,
  restoresOptions: false,
  options: {},
};

export interface BatchWords {
  /** Before the number of workflows. */
  readonly title: string;
  readonly description: string;
  readonly label: string;
  readonly isDangerous: boolean;
}

const of = (title: string, label: string, description: string, isDangerous = false): BatchWords => ({
  title,
  label,
  description,
  isDangerous,
});

export const batchWords: Readonly<Record<BatchAction, BatchWords>> = {
  signal: of('Signal', 'Send', 'Each gets the same signal.'),
  reset: of('Reset', 'Reset', 'Each begins a new run from the chosen point.', true),
  cancel: of('Request cancellation of', 'Request cancellation', 'Each is told, and may clean up first.', true),
  terminate: of('Terminate', 'Terminate', 'Each ends at once; its code is not told.', true),
  delete: of('Delete', 'Delete', 'Each is ended and removed with its history. There is no way back.', true),
  priority: of('Change the priority of', 'Change', 'Tasks of each have it from now on.'),
  unpauseActivities: of('Resume activities of', 'Resume', 'Activities that are paused go on.'),
  resetActivities: of('Reset activities of', 'Reset', 'Pending activities start over from their first attempt.'),
  activityOptions: of('Change options of activities of', 'Change', 'They hold from the next attempt on.'),
};

const identity = 'perdure-ui';

/** The part of a request that says what is done; undefined where the form is not ready. */
export function batchOperation(action: BatchAction, form: BatchForm): StartBatchOperationRequest | undefined {
  switch (action) {
    case 'signal':
      return signalOperation(form);
    case 'cancel':
      return { cancellationOperation: { identity } };
    case 'terminate':
      return { terminationOperation: { identity } };
    case 'delete':
      return { deletionOperation: { identity } };
    case 'reset': {
      const options = form.resetTo === 'first' ? { firstWorkflowTask: {} } : { lastWorkflowTask: {} };
      return { resetOperation: { identity, options } };
    }
    case 'priority': {
      const change = priorityChange(form.priority);
      return change && { updateWorkflowOptionsOperation: { identity, ...change } };
    }
    default:
      return activityOperation(action, form);
  }
}

function signalOperation({ signalName, input }: BatchForm): StartBatchOperationRequest | undefined {
  if (signalName.trim() === '' || jsonProblem(input) !== undefined) return undefined;
  return { signalOperation: { identity, signal: signalName.trim(), input: payloadsFromText(input) } };
}

type ActivityAction = 'unpauseActivities' | 'resetActivities' | 'activityOptions';

function activityOperation(action: ActivityAction, form: BatchForm): StartBatchOperationRequest | undefined {
  const type = form.activityType.trim();
  const which = { identity, ...(type === '' ? { matchAll: true } : { type }) };
  const resetHeartbeat = form.resetsHeartbeat;
  switch (action) {
    case 'unpauseActivities':
      return { unpauseActivitiesOperation: { ...which, resetAttempts: form.resetsAttempts, resetHeartbeat } };
    case 'resetActivities': {
      const { keepsPaused: keepPaused, restoresOptions: restoreOriginalOptions } = form;
      return { resetActivitiesOperation: { ...which, resetHeartbeat, keepPaused, restoreOriginalOptions } };
    }
    case 'activityOptions': {
      if (form.restoresOptions) return { updateActivityOptionsOperation: { ...which, restoreOriginal: true } };
      const typed = Object.entries(form.options).filter(([, text]) => text.trim() !== '');
      const change = optionsChange(Object.fromEntries(typed), {});
      return change && { updateActivityOptionsOperation: { ...which, ...change } };
    }
  }
}
