import { methodsOf, ServiceName, type Method } from '@perdure/proto';
import { activityExecutions } from './activity-executions.ts';
import { activityInterventions } from './activity-interventions.ts';
import { activityTasks } from './activity-tasks.ts';
import { batches } from './batches.ts';
import { clusters } from './clusters.ts';
import { descriptions } from './describe.ts';
import { executions } from './executions.ts';
import type { CallContext, Handler, HandlerTable } from './handler.ts';
import { histories } from './histories.ts';
import { multiOperations } from './multi-operations.ts';
import { namespaceChanges } from './namespace-changes.ts';
import { namespaceDeletion } from './namespace-deletion.ts';
import { namespaceMethods } from './namespace-methods.ts';
import { nexusPolls } from './nexus-polls.ts';
import { queries } from './queries.ts';
import { clusterSearchAttributes, searchAttributeMethods } from './search-attribute-methods.ts';
import { resets } from './resets.ts';
import { schedules } from './schedules.ts';
import type { OperatorMethods, ServedMethod, Services, WorkflowMethods } from './served-method.ts';
import { switchedOff } from './switched-off.ts';
import { system } from './system.ts';
import { taskQueueConfigs } from './task-queue-config.ts';
import { taskQueues } from './task-queues.ts';
import { updates } from './updates.ts';
import { visibility } from './visibility.ts';
import { workers } from './workers.ts';
import { workflowOptions } from './workflow-options.ts';
import { workflowPauses } from './workflow-pauses.ts';
import { workflowTaskPolls } from './workflow-task-polls.ts';
import { workflowTaskResponses } from './workflow-task-responses.ts';

/** All that is served, by family. */
const WORKFLOW_METHODS: WorkflowMethods = {
  ...system,
  ...namespaceMethods,
  ...namespaceChanges,
  ...clusterSearchAttributes,
  ...executions,
  ...workflowTaskPolls,
  ...workflowTaskResponses,
  ...activityTasks,
  ...nexusPolls,
  ...activityInterventions,
  ...activityExecutions,
  ...histories,
  ...queries,
  ...resets,
  ...updates,
  ...multiOperations,
  ...descriptions,
  ...visibility,
  ...schedules,
  ...batches,
  ...taskQueues,
  ...taskQueueConfigs,
  ...workers,
  ...workflowOptions,
  ...workflowPauses,
};

const OPERATOR_METHODS: OperatorMethods = { ...searchAttributeMethods, ...namespaceDeletion, ...clusters };

/** The handlers of WorkflowService and OperatorService, by path. What is not in it is not served. */
export function makeHandlers(services: Services): HandlerTable {
  const table = new Map<string, Handler<never>>();
  for (const [path, method] of [...served(), ...methodsAt(ServiceName.Workflow, switchedOff)]) {
    table.set(path, (request: object, context: CallContext) => method(services, request, context));
  }
  return table;
}

/** Whether a method is served, refused as by the official server unless that is told otherwise, or unknown. */
type Service = 'served' | 'switched off' | 'none';

/** All methods of both services. */
export function servedMethods(): readonly { readonly method: Method; readonly service: Service }[] {
  const paths = new Set([...served()].map(([path]) => path));
  const methods = [...methodsOf(ServiceName.Workflow), ...methodsOf(ServiceName.Operator)];
  return methods.map((method) => {
    if (paths.has(method.path)) return { method, service: 'served' };
    return { method, service: Object.hasOwn(switchedOff, method.name) ? 'switched off' : 'none' };
  });
}

function* served(): Iterable<[path: string, method: ServedMethod<object, object>]> {
  yield* methodsAt(ServiceName.Workflow, WORKFLOW_METHODS);
  yield* methodsAt(ServiceName.Operator, OPERATOR_METHODS);
}

function* methodsAt(
  service: string,
  methods: WorkflowMethods | OperatorMethods,
): Iterable<[path: string, method: ServedMethod<object, object>]> {
  for (const [name, method] of Object.entries(methods)) {
    yield [`/${service}/${name}`, method as ServedMethod<object, object>];
  }
}
