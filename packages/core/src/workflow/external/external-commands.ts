import { EventType, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import type {
  RequestCancelExternalWorkflowExecutionCommandAttributes,
  SignalExternalWorkflowExecutionCommandAttributes,
} from '@perdure/proto/types';
import { present } from '../../kernel/assert.ts';
import { payloadsSize } from '../../kernel/payload-size.ts';
import { utf8Length } from '../../kernel/utf8.ts';
import type { CommandBatch, CommandRule, CommandRun } from '../command/command.ts';
import { externalDelivery } from './external-delivery.ts';
import { externalsAtLimit } from './external-state.ts';
import { namespaceProblem, targetNamespace } from './target-namespace.ts';

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Signals another workflow. Temporal: command_attr_validator.go. */
export const signalExternal: CommandRule = {
  name: 'SignalExternalWorkflowExecution',
  closes: false,
  check(batch, command) {
    const cause = WorkflowTaskFailedCause.BadSignalWorkflowExecutionAttributes;
    const attributes = command.signalExternalWorkflowExecutionCommandAttributes;
    const message = signalProblem(batch, attributes);
    if (message !== undefined) return { cause, message };
    const { limits } = batch.env;
    const pending = externalsAtLimit(batch.run, 'signal', batch.added.signals, limits.pendingSignalsMax);
    if (pending !== undefined) {
      return {
        cause: WorkflowTaskFailedCause.PendingSignalsLimitExceeded,
        message: `the number of pending signals to external workflows, ${pending}, has reached the per-workflow limit of ${limits.pendingSignalsMax}`,
      };
    }
    if (payloadsSize(attributes?.input) > limits.blobSizeBytesMax) {
      const oversize = 'SignalExternalWorkflowExecutionCommandAttributes.Input exceeds size limit.';
      return { cause, message: oversize, terminates: true };
    }
    batch.added.signals += 1;
    return undefined;
  },
  execute(commandRun, command) {
    const attributes = command.signalExternalWorkflowExecutionCommandAttributes ?? {};
    const initiatedEventId = commandRun.transition.append({
      eventType: EventType.SignalExternalWorkflowExecutionInitiated,
      userMetadata: command.userMetadata,
      eventGroupMarkers: command.eventGroupMarkers,
      signalExternalWorkflowExecutionInitiatedEventAttributes: {
        workflowTaskCompletedEventId: commandRun.completedEventId,
        namespace: attributes.namespace,
        namespaceId: targetNamespace(commandRun.transition.env, attributes.namespace ?? '').id,
        workflowExecution: { workflowId: attributes.execution?.workflowId, runId: attributes.execution?.runId },
        signalName: attributes.signalName,
        input: attributes.input,
        control: attributes.control,
        childWorkflowOnly: attributes.childWorkflowOnly,
        header: attributes.header,
      },
    });
    deliver(commandRun, initiatedEventId);
  },
};

/** Requests the cancellation of another workflow. Temporal: command_attr_validator.go. */
export const requestCancelExternal: CommandRule = {
  name: 'RequestCancelExternalWorkflowExecution',
  closes: false,
  check(batch, command) {
    const cause = WorkflowTaskFailedCause.BadRequestCancelExternalWorkflowExecutionAttributes;
    const attributes = command.requestCancelExternalWorkflowExecutionCommandAttributes;
    const message = cancelProblem(batch, attributes);
    if (message !== undefined) return { cause, message };
    const max = batch.env.limits.pendingCancelRequestsMax;
    const pending = externalsAtLimit(batch.run, 'cancel', batch.added.cancelRequests, max);
    if (pending !== undefined) {
      return {
        cause: WorkflowTaskFailedCause.PendingRequestCancelLimitExceeded,
        message: `the number of pending requests to cancel external workflows, ${pending}, has reached the per-workflow limit of ${max}`,
      };
    }
    batch.added.cancelRequests += 1;
    return undefined;
  },
  execute(commandRun, command) {
    const attributes = command.requestCancelExternalWorkflowExecutionCommandAttributes ?? {};
    const initiatedEventId = commandRun.transition.append({
      eventType: EventType.RequestCancelExternalWorkflowExecutionInitiated,
      userMetadata: command.userMetadata,
      eventGroupMarkers: command.eventGroupMarkers,
      requestCancelExternalWorkflowExecutionInitiatedEventAttributes: {
        workflowTaskCompletedEventId: commandRun.completedEventId,
        namespace: attributes.namespace,
        namespaceId: targetNamespace(commandRun.transition.env, attributes.namespace ?? '').id,
        workflowExecution: { workflowId: attributes.workflowId, runId: attributes.runId },
        control: attributes.control,
        childWorkflowOnly: attributes.childWorkflowOnly,
        reason: attributes.reason,
      },
    });
    deliver(commandRun, initiatedEventId);
  },
};

function deliver({ transition, run }: CommandRun, initiatedEventId: number): void {
  const request = present(run.externals.get(initiatedEventId), 'an initiated request is on its way');
  if (request.kind === 'startChild') return;
  transition.emit({ kind: 'deliver', run, delivery: externalDelivery(run, request) });
}

function signalProblem(
  { env }: CommandBatch,
  attributes: SignalExternalWorkflowExecutionCommandAttributes | undefined,
): string | undefined {
  const on = 'SignalExternalWorkflowExecutionCommand';
  if (attributes === undefined) return `SignalExternalWorkflowExecutionCommandAttributes is not set on ${on}.`;
  if (attributes.execution === undefined) return `Execution is not set on ${on}.`;
  const { namespace = '', signalName = '' } = attributes;
  const { workflowId = '', runId = '' } = attributes.execution;
  const max = env.limits.idLengthMax;
  const crossing = namespaceProblem(env, namespace);
  if (crossing !== undefined) return crossing;
  if (workflowId === '') {
    return `WorkflowId is not set on ${on}. Namespace=${namespace} RunId=${runId} SignalName=${signalName}`;
  }
  if (utf8Length(workflowId) > max) {
    return `WorkflowId on ${on} exceeds length limit. WorkflowId=${workflowId} Length=${utf8Length(workflowId)} Limit=${max} Namespace=${namespace} RunId=${runId} SignalName=${signalName}`;
  }
  if (runId !== '' && !UUID.test(runId)) {
    return `Invalid RunId set on ${on}. WorkflowId=${workflowId} Namespace=${namespace} RunId=${runId} SignalName=${signalName}`;
  }
  if (signalName === '') {
    return `SignalName is not set on ${on}. WorkflowId=${workflowId} Namespace=${namespace} RunId=${runId}`;
  }
  return undefined;
}

function cancelProblem(
  batch: CommandBatch,
  attributes: RequestCancelExternalWorkflowExecutionCommandAttributes | undefined,
): string | undefined {
  const on = 'RequestCancelExternalWorkflowExecutionCommand';
  if (attributes === undefined) {
    return `RequestCancelExternalWorkflowExecutionCommandAttributes is not set on ${on}.`;
  }
  const { namespace = '', workflowId = '', runId = '' } = attributes;
  const max = batch.env.limits.idLengthMax;
  const crossing = namespaceProblem(batch.env, namespace);
  if (crossing !== undefined) return crossing;
  const ids = `WorkflowId=${workflowId} RunId=${runId} Namespace=${namespace}`;
  if (workflowId === '') return `WorkflowId is not set on ${on}. Namespace=${namespace} RunId=${runId}`;
  if (utf8Length(workflowId) > max) {
    return `WorkflowId on ${on} exceeds length limit. WorkflowId=${workflowId} Length=${utf8Length(workflowId)} Limit=${max} RunId=${runId} Namespace=${namespace}`;
  }
  if (runId !== '' && !UUID.test(runId)) return `Invalid RunId set on ${on}. ${ids}`;
  if (batch.childWorkflowIdsAdded.has(workflowId)) {
    return `Start and RequestCancel for child workflow is not allowed in same workflow task. ${ids}`;
  }
  return undefined;
}
