import { ServiceName } from '@perdure/proto';
import type { WorkflowMethodName } from '../rpc/served-method.ts';

/** The rate that a call counts against, and how important it is there. */
export interface MethodRate {
  readonly kind: 'execution' | 'visibility';
  readonly priority: number;
}

/** Methods by priority, the highest first. Temporal: service/frontend/configs/quotas.go. */
const executionMethods: readonly (readonly WorkflowMethodName[])[] = [
  /** The server itself. */
  [
    'GetClusterInfo',
    'GetSystemInfo',
    'GetSearchAttributes',
    'DescribeNamespace',
    'ListNamespaces',
    'DeprecateNamespace',
  ],
  /** Events from outside, and progress that workers report. */
  [
    'SignalWorkflowExecution',
    'SignalWithStartWorkflowExecution',
    'StartWorkflowExecution',
    'UpdateWorkflowExecution',
    'ExecuteMultiOperation',
    'CreateSchedule',
    'StartBatchOperation',
    'StartActivityExecution',
    'RecordActivityTaskHeartbeat',
    'RecordActivityTaskHeartbeatById',
    'RespondActivityTaskCompleted',
    'RespondActivityTaskCompletedById',
    'RespondWorkflowTaskCompleted',
    'RespondQueryTaskCompleted',
    'RespondNexusTaskCompleted',
    'StartNexusOperationExecution',
  ],
  /** Changes. */
  [
    'RequestCancelWorkflowExecution',
    'TerminateWorkflowExecution',
    'ResetWorkflowExecution',
    'DeleteWorkflowExecution',
    'GetWorkflowExecutionHistory',
    'UpdateSchedule',
    'PatchSchedule',
    'DeleteSchedule',
    'StopBatchOperation',
    'UpdateActivityOptions',
    'PauseActivity',
    'UnpauseActivity',
    'ResetActivity',
    'UpdateWorkflowExecutionOptions',
    'SetCurrentDeployment',
    'CreateWorkerDeployment',
    'CreateWorkerDeploymentVersion',
    'UpdateWorkerDeploymentVersionComputeConfig',
    'SetWorkerDeploymentCurrentVersion',
    'SetWorkerDeploymentRampingVersion',
    'SetWorkerDeploymentManager',
    'DeleteWorkerDeployment',
    'DeleteWorkerDeploymentVersion',
    'UpdateWorkerDeploymentVersionMetadata',
    'CreateWorkflowRule',
    'DescribeWorkflowRule',
    'DeleteWorkflowRule',
    'ListWorkflowRules',
    'TriggerWorkflowRule',
    'UpdateTaskQueueConfig',
    'RequestCancelActivityExecution',
    'TerminateActivityExecution',
    'DeleteActivityExecution',
    'PauseWorkflowExecution',
    'UnpauseWorkflowExecution',
    'DeleteNexusOperationExecution',
    'PauseActivityExecution',
    'RequestCancelNexusOperationExecution',
    'ResetActivityExecution',
    'TerminateNexusOperationExecution',
    'UnpauseActivityExecution',
    'UpdateActivityExecutionOptions',
    'RegisterNamespace',
    'UpdateNamespace',
    'UpdateWorkerBuildIdCompatibility',
    'UpdateWorkerVersioningRules',
  ],
  /** Questions, and tasks that failed: they are tried again anyway. */
  [
    'DescribeWorkflowExecution',
    'DescribeActivityExecution',
    'DescribeTaskQueue',
    'GetWorkerBuildIdCompatibility',
    'GetWorkerVersioningRules',
    'ListTaskQueuePartitions',
    'QueryWorkflow',
    'DescribeSchedule',
    'ListScheduleMatchingTimes',
    'DescribeBatchOperation',
    'DescribeDeployment',
    'GetCurrentDeployment',
    'DescribeWorkerDeploymentVersion',
    'DescribeWorkerDeployment',
    'ValidateWorkerDeploymentVersionComputeConfig',
    'RespondActivityTaskCanceled',
    'RespondActivityTaskCanceledById',
    'RespondActivityTaskFailed',
    'RespondActivityTaskFailedById',
    'RespondWorkflowTaskFailed',
    'RespondNexusTaskFailed',
    'DescribeNexusOperationExecution',
  ],
  /** Polls. */
  [
    'PollActivityExecution',
    'PollWorkflowTaskQueue',
    'PollActivityTaskQueue',
    'PollWorkflowExecutionUpdate',
    'PollNexusTaskQueue',
    'ResetStickyTaskQueue',
    'ShutdownWorker',
    'GetWorkflowExecutionHistoryReverse',
    'RecordWorkerHeartbeat',
    'FetchWorkerConfig',
    'UpdateWorkerConfig',
    'PollNexusOperationExecution',
    'PollWorkflowExecutionTimeSkipping',
  ],
];

/** A long poll for the end of a workflow: less important than the polls of workers. */
const HISTORY_POLL: MethodRate = { kind: 'execution', priority: 5 };

/** What searches among many. */
const visibilityMethods: readonly WorkflowMethodName[] = [
  'CountWorkflowExecutions',
  'ScanWorkflowExecutions',
  'ListOpenWorkflowExecutions',
  'ListClosedWorkflowExecutions',
  'ListWorkflowExecutions',
  'ListArchivedWorkflowExecutions',
  'ListWorkers',
  'DescribeWorker',
  'CountActivityExecutions',
  'ListActivityExecutions',
  'GetWorkerTaskReachability',
  'ListSchedules',
  'CountSchedules',
  'ListBatchOperations',
  'ListDeployments',
  'GetDeploymentReachability',
  'ListWorkerDeployments',
  'CountNexusOperationExecutions',
  'CountWorkers',
  'ListNexusOperationExecutions',
];

const VISIBILITY_PRIORITY = 1;

/** The priority of operators, whatever they call. */
export const OPERATOR_PRIORITY = 0;

/** Methods that may wait long: they are counted while they do. */
const waitingMethods: readonly WorkflowMethodName[] = [
  'PollActivityTaskQueue',
  'PollWorkflowTaskQueue',
  'PollWorkflowExecutionUpdate',
  'QueryWorkflow',
  'UpdateWorkflowExecution',
  'PollNexusTaskQueue',
  'PollActivityExecution',
  'GetWorkflowExecutionHistory',
  'DescribeActivityExecution',
  'ExecuteMultiOperation',
];

const pathOf = (name: WorkflowMethodName): string => `/${ServiceName.Workflow}/${name}`;

const rates: ReadonlyMap<string, MethodRate> = new Map<string, MethodRate>([
  ...executionMethods.flatMap((names, priority) =>
    names.map((name) => [pathOf(name), { kind: 'execution', priority }] as const),
  ),
  ...visibilityMethods.map((name) => [pathOf(name), { kind: 'visibility', priority: VISIBILITY_PRIORITY }] as const),
]);

const waitingPaths: ReadonlySet<string> = new Set(waitingMethods.map(pathOf));
const HISTORY = pathOf('GetWorkflowExecutionHistory');

/** What a call counts against; undefined: nothing, as the methods of the operator service. */
export function rateOf(path: string, isLongPoll: boolean): MethodRate | undefined {
  return path === HISTORY && isLongPoll ? HISTORY_POLL : rates.get(path);
}

/** Whether the call may wait long. */
export function mayWait(path: string, isLongPoll: boolean): boolean {
  return waitingPaths.has(path) && (path !== HISTORY || isLongPoll);
}
