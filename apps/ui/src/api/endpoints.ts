import type { MethodByName } from '@perdure/proto/json-types';

/**
 * Where the HTTP API serves each method, below `/api/v1`: the bindings of `google.api.http`. A placeholder names a field
 * of the request. A feature that needs another method adds its line.
 */
export const endpoints = {
  GetClusterInfo: 'GET /cluster-info',
  GetSystemInfo: 'GET /system-info',
  ListNamespaces: 'GET /namespaces',
  DescribeNamespace: 'GET /namespaces/{namespace}',
  RegisterNamespace: 'POST /namespaces',
  UpdateNamespace: 'POST /namespaces/{namespace}/update',
  ListSearchAttributes: 'GET /namespaces/{namespace}/search-attributes',
  // Ours alone: the protocol binds these to no path.
  AddSearchAttributes: 'POST /namespaces/{namespace}/search-attributes',
  RemoveSearchAttributes: 'POST /namespaces/{namespace}/search-attributes/remove',
  DeleteNamespace: 'POST /namespaces/{namespace}/delete',

  ListWorkflowExecutions: 'GET /namespaces/{namespace}/workflows',
  CountWorkflowExecutions: 'GET /namespaces/{namespace}/workflow-count',
  StartWorkflowExecution: 'POST /namespaces/{namespace}/workflows/{workflowId}',
  DescribeWorkflowExecution: 'GET /namespaces/{namespace}/workflows/{execution.workflowId}',
  GetWorkflowExecutionHistory: 'GET /namespaces/{namespace}/workflows/{execution.workflowId}/history',
  GetWorkflowExecutionHistoryReverse: 'GET /namespaces/{namespace}/workflows/{execution.workflowId}/history-reverse',
  SignalWorkflowExecution: 'POST /namespaces/{namespace}/workflows/{workflowExecution.workflowId}/signal/{signalName}',
  UpdateWorkflowExecution:
    'POST /namespaces/{namespace}/workflows/{workflowExecution.workflowId}/update/{request.input.name}',
  QueryWorkflow: 'POST /namespaces/{namespace}/workflows/{execution.workflowId}/query/{query.queryType}',
  RequestCancelWorkflowExecution: 'POST /namespaces/{namespace}/workflows/{workflowExecution.workflowId}/cancel',
  TerminateWorkflowExecution: 'POST /namespaces/{namespace}/workflows/{workflowExecution.workflowId}/terminate',
  ResetWorkflowExecution: 'POST /namespaces/{namespace}/workflows/{workflowExecution.workflowId}/reset',
  PauseWorkflowExecution: 'POST /namespaces/{namespace}/workflows/{workflowId}/pause',
  UpdateWorkflowExecutionOptions:
    'POST /namespaces/{namespace}/workflows/{workflowExecution.workflowId}/update-options',
  UnpauseWorkflowExecution: 'POST /namespaces/{namespace}/workflows/{workflowId}/unpause',

  PauseActivity: 'POST /namespaces/{namespace}/activities-deprecated/pause',
  UnpauseActivity: 'POST /namespaces/{namespace}/activities-deprecated/unpause',
  ResetActivity: 'POST /namespaces/{namespace}/activities-deprecated/reset',
  UpdateActivityOptions: 'POST /namespaces/{namespace}/activities-deprecated/update-options',

  ListSchedules: 'GET /namespaces/{namespace}/schedules',
  CountSchedules: 'GET /namespaces/{namespace}/schedule-count',
  CreateSchedule: 'POST /namespaces/{namespace}/schedules/{scheduleId}',
  DescribeSchedule: 'GET /namespaces/{namespace}/schedules/{scheduleId}',
  UpdateSchedule: 'POST /namespaces/{namespace}/schedules/{scheduleId}/update',
  PatchSchedule: 'POST /namespaces/{namespace}/schedules/{scheduleId}/patch',
  DeleteSchedule: 'DELETE /namespaces/{namespace}/schedules/{scheduleId}',

  StartBatchOperation: 'POST /namespaces/{namespace}/batch-operations/{jobId}',
  StopBatchOperation: 'POST /namespaces/{namespace}/batch-operations/{jobId}/stop',
  DescribeBatchOperation: 'GET /namespaces/{namespace}/batch-operations/{jobId}',
  ListBatchOperations: 'GET /namespaces/{namespace}/batch-operations',
  DescribeTaskQueue: 'GET /namespaces/{namespace}/task-queues/{taskQueue.name}',
  UpdateTaskQueueConfig: 'POST /namespaces/{namespace}/task-queues/{taskQueue}/update-config',
  ListWorkers: 'GET /namespaces/{namespace}/workers',
  DescribeWorker: 'GET /namespaces/{namespace}/workers/describe/{workerInstanceKey}',
} as const satisfies { readonly [Name in keyof MethodByName]?: `${'GET' | 'POST' | 'DELETE'} /${string}` };

export type EndpointName = keyof typeof endpoints;
export type RequestOf<Name extends EndpointName> = MethodByName[Name]['request'];
export type ReplyOf<Name extends EndpointName> = MethodByName[Name]['reply'];
