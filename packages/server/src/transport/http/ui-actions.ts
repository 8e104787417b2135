import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@perdure/proto/enums';
import type { StartBatchOperationRequest, StartWorkflowExecutionRequest } from '@perdure/proto/types';

/** What an operator can switch off in the Web UI, each by itself. */
export const UI_ACTIONS = [
  'terminate',
  'cancel',
  'signal',
  'update',
  'reset',
  'pause',
  'batch',
  'start',
  'activities',
] as const;

export type UiAction = (typeof UI_ACTIONS)[number];

const METHODS: Readonly<Record<string, readonly UiAction[]>> = {
  TerminateWorkflowExecution: ['terminate'],
  DeleteWorkflowExecution: ['terminate'],
  RequestCancelWorkflowExecution: ['cancel'],
  SignalWorkflowExecution: ['signal'],
  SignalWithStartWorkflowExecution: ['signal', 'start'],
  UpdateWorkflowExecution: ['update'],
  ResetWorkflowExecution: ['reset'],
  PauseWorkflowExecution: ['pause'],
  UnpauseWorkflowExecution: ['pause'],
  StartBatchOperation: ['batch'],
  StartWorkflowExecution: ['start'],
  PauseActivity: ['activities'],
  UnpauseActivity: ['activities'],
  ResetActivity: ['activities'],
  UpdateActivityOptions: ['activities'],
  PauseActivityExecution: ['activities'],
  UnpauseActivityExecution: ['activities'],
  ResetActivityExecution: ['activities'],
  UpdateActivityExecutionOptions: ['activities'],
  RequestCancelActivityExecution: ['activities'],
  TerminateActivityExecution: ['activities'],
  DeleteActivityExecution: ['activities'],
};

const BATCH_ACTIONS: readonly (readonly [keyof StartBatchOperationRequest, UiAction])[] = [
  ['terminationOperation', 'terminate'],
  // What is deleted is terminated first.
  ['deletionOperation', 'terminate'],
  ['cancellationOperation', 'cancel'],
  ['signalOperation', 'signal'],
  ['resetOperation', 'reset'],
  ['unpauseActivitiesOperation', 'activities'],
  ['resetActivitiesOperation', 'activities'],
  ['updateActivityOptionsOperation', 'activities'],
  ['cancelActivitiesOperation', 'activities'],
  ['terminateActivitiesOperation', 'activities'],
  ['deleteActivitiesOperation', 'activities'],
];

/** What a call does, of all that can be switched off; also to many at once, and by the way. */
export function actionsOf(method: string, message: object): readonly UiAction[] {
  const actions = METHODS[method] ?? [];
  if (method === 'StartBatchOperation') {
    const request = message as StartBatchOperationRequest;
    const found = BATCH_ACTIONS.filter(([field]) => request[field] !== undefined);
    return [...actions, ...found.map(([, action]) => action)];
  }
  if (actions.includes('start') && replacesRunning(message as StartWorkflowExecutionRequest)) {
    return [...actions, 'terminate'];
  }
  return actions;
}

function replacesRunning({ workflowIdConflictPolicy, workflowIdReusePolicy }: StartWorkflowExecutionRequest): boolean {
  return (
    workflowIdConflictPolicy === WorkflowIdConflictPolicy.TerminateExisting ||
    workflowIdReusePolicy === WorkflowIdReusePolicy.TerminateIfRunning
  );
}
