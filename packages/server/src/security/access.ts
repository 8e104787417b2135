import { ServiceName } from '@perdure/proto';
import type { OperatorMethodName, WorkflowMethodName } from '../rpc/served-method.ts';
import { Role } from './permissions.ts';

/** What a caller needs to call a method. */
export interface Access {
  /** Where the role is needed: in the namespace that the request names, or in all of the server. */
  readonly scope: 'namespace' | 'system';
  readonly role: Role;
}

const namespaceRead: Access = { scope: 'namespace', role: Role.Read };
const namespaceWrite: Access = { scope: 'namespace', role: Role.Write };
const namespaceAdmin: Access = { scope: 'namespace', role: Role.Admin };
const clusterRead: Access = { scope: 'system', role: Role.Read };
const clusterAdmin: Access = { scope: 'system', role: Role.Admin };

/** Each method of the protocol, so that none is served without a decision. Temporal: common/api/metadata.go. */
const workflowMethods: Readonly<Record<WorkflowMethodName, Access>> = {
  RegisterNamespace: namespaceAdmin,
  DescribeNamespace: namespaceRead,
  ListNamespaces: clusterRead,
  UpdateNamespace: namespaceAdmin,
  DeprecateNamespace: namespaceAdmin,
  StartWorkflowExecution: namespaceWrite,
  ExecuteMultiOperation: namespaceWrite,
  GetWorkflowExecutionHistory: namespaceRead,
  GetWorkflowExecutionHistoryReverse: namespaceRead,
  PollWorkflowTaskQueue: namespaceWrite,
  RespondWorkflowTaskCompleted: namespaceWrite,
  RespondWorkflowTaskFailed: namespaceWrite,
  PollActivityTaskQueue: namespaceWrite,
  RecordActivityTaskHeartbeat: namespaceWrite,
  RecordActivityTaskHeartbeatById: namespaceWrite,
  RespondActivityTaskCompleted: namespaceWrite,
  RespondActivityTaskCompletedById: namespaceWrite,
  RespondActivityTaskFailed: namespaceWrite,
  RespondActivityTaskFailedById: namespaceWrite,
  RespondActivityTaskCanceled: namespaceWrite,
  RespondActivityTaskCanceledById: namespaceWrite,
  RequestCancelWorkflowExecution: namespaceWrite,
  SignalWorkflowExecution: namespaceWrite,
  SignalWithStartWorkflowExecution: namespaceWrite,
  ResetWorkflowExecution: namespaceWrite,
  TerminateWorkflowExecution: namespaceWrite,
  DeleteWorkflowExecution: namespaceWrite,
  ListOpenWorkflowExecutions: namespaceRead,
  ListClosedWorkflowExecutions: namespaceRead,
  ListWorkflowExecutions: namespaceRead,
  ListArchivedWorkflowExecutions: namespaceRead,
  ScanWorkflowExecutions: namespaceRead,
  CountWorkflowExecutions: namespaceRead,
  GetSearchAttributes: clusterRead,
  RespondQueryTaskCompleted: namespaceWrite,
  ResetStickyTaskQueue: namespaceWrite,
  ShutdownWorker: namespaceWrite,
  QueryWorkflow: namespaceRead,
  DescribeWorkflowExecution: namespaceRead,
  DescribeTaskQueue: namespaceRead,
  GetClusterInfo: clusterRead,
  GetSystemInfo: clusterRead,
  ListTaskQueuePartitions: namespaceRead,
  CreateSchedule: namespaceWrite,
  DescribeSchedule: namespaceRead,
  UpdateSchedule: namespaceWrite,
  PatchSchedule: namespaceWrite,
  ListScheduleMatchingTimes: namespaceRead,
  DeleteSchedule: namespaceWrite,
  ListSchedules: namespaceRead,
  CountSchedules: namespaceRead,
  UpdateWorkerBuildIdCompatibility: namespaceWrite,
  GetWorkerBuildIdCompatibility: namespaceRead,
  UpdateWorkerVersioningRules: namespaceWrite,
  GetWorkerVersioningRules: namespaceRead,
  GetWorkerTaskReachability: namespaceRead,
  DescribeDeployment: namespaceRead,
  DescribeWorkerDeploymentVersion: namespaceRead,
  ListDeployments: namespaceRead,
  GetDeploymentReachability: namespaceRead,
  GetCurrentDeployment: namespaceRead,
  SetCurrentDeployment: namespaceWrite,
  SetWorkerDeploymentCurrentVersion: namespaceWrite,
  DescribeWorkerDeployment: namespaceRead,
  DeleteWorkerDeployment: namespaceWrite,
  DeleteWorkerDeploymentVersion: namespaceWrite,
  SetWorkerDeploymentRampingVersion: namespaceWrite,
  ListWorkerDeployments: namespaceRead,
  CreateWorkerDeployment: namespaceWrite,
  CreateWorkerDeploymentVersion: namespaceWrite,
  UpdateWorkerDeploymentVersionComputeConfig: namespaceWrite,
  ValidateWorkerDeploymentVersionComputeConfig: namespaceRead,
  UpdateWorkerDeploymentVersionMetadata: namespaceWrite,
  SetWorkerDeploymentManager: namespaceWrite,
  UpdateWorkflowExecution: namespaceWrite,
  PollWorkflowExecutionUpdate: namespaceRead,
  StartBatchOperation: namespaceWrite,
  StopBatchOperation: namespaceWrite,
  DescribeBatchOperation: namespaceRead,
  ListBatchOperations: namespaceRead,
  PollNexusTaskQueue: namespaceWrite,
  RespondNexusTaskCompleted: namespaceWrite,
  RespondNexusTaskFailed: namespaceWrite,
  UpdateActivityOptions: namespaceWrite,
  UpdateWorkflowExecutionOptions: namespaceWrite,
  PauseActivity: namespaceWrite,
  UnpauseActivity: namespaceWrite,
  ResetActivity: namespaceWrite,
  CreateWorkflowRule: namespaceWrite,
  DescribeWorkflowRule: namespaceRead,
  DeleteWorkflowRule: namespaceWrite,
  ListWorkflowRules: namespaceRead,
  TriggerWorkflowRule: namespaceWrite,
  RecordWorkerHeartbeat: namespaceWrite,
  ListWorkers: namespaceRead,
  CountWorkers: namespaceRead,
  UpdateTaskQueueConfig: namespaceWrite,
  FetchWorkerConfig: namespaceRead,
  UpdateWorkerConfig: namespaceWrite,
  DescribeWorker: namespaceRead,
  PauseWorkflowExecution: namespaceWrite,
  UnpauseWorkflowExecution: namespaceWrite,
  StartActivityExecution: namespaceWrite,
  StartNexusOperationExecution: namespaceWrite,
  DescribeActivityExecution: namespaceRead,
  DescribeNexusOperationExecution: namespaceRead,
  PollActivityExecution: namespaceRead,
  PollNexusOperationExecution: namespaceRead,
  ListActivityExecutions: namespaceRead,
  ListNexusOperationExecutions: namespaceRead,
  CountActivityExecutions: namespaceRead,
  CountNexusOperationExecutions: namespaceRead,
  RequestCancelActivityExecution: namespaceWrite,
  RequestCancelNexusOperationExecution: namespaceWrite,
  TerminateActivityExecution: namespaceWrite,
  DeleteActivityExecution: namespaceWrite,
  PauseActivityExecution: namespaceWrite,
  ResetActivityExecution: namespaceWrite,
  UnpauseActivityExecution: namespaceWrite,
  UpdateActivityExecutionOptions: namespaceWrite,
  TerminateNexusOperationExecution: namespaceWrite,
  DeleteNexusOperationExecution: namespaceWrite,
  PollWorkflowExecutionTimeSkipping: namespaceRead,
};

const operatorMethods: Readonly<Record<OperatorMethodName, Access>> = {
  AddSearchAttributes: namespaceAdmin,
  RemoveSearchAttributes: namespaceAdmin,
  ListSearchAttributes: namespaceRead,
  DeleteNamespace: namespaceAdmin,
  AddOrUpdateRemoteCluster: clusterAdmin,
  RemoveRemoteCluster: clusterAdmin,
  ListClusters: clusterAdmin,
  GetNexusEndpoint: clusterAdmin,
  CreateNexusEndpoint: clusterAdmin,
  UpdateNexusEndpoint: clusterAdmin,
  DeleteNexusEndpoint: clusterAdmin,
  ListNexusEndpoints: clusterAdmin,
};

const accessByPath: ReadonlyMap<string, Access> = new Map([
  ...Object.entries(workflowMethods).map(([name, access]) => [`/${ServiceName.Workflow}/${name}`, access] as const),
  ...Object.entries(operatorMethods).map(([name, access]) => [`/${ServiceName.Operator}/${name}`, access] as const),
]);

/** What a method of this path takes; undefined for a path that is none of ours, which nobody may call. */
export function accessOf(path: string): Access | undefined {
  return accessByPath.get(path);
}

/** Methods that anybody may call: they tell nothing but that the server is there. Temporal: authorization/frontend_api.go. */
export const publicMethods: ReadonlySet<string> = new Set([`/${ServiceName.Workflow}/GetSystemInfo`]);
