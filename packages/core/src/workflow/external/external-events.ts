import {
  CancelExternalWorkflowExecutionFailedCause as CancelFailedCause,
  EventType,
  SignalExternalWorkflowExecutionFailedCause as SignalFailedCause,
} from '@perdure/proto/enums';
import type { NamespaceView } from '../../kernel/env.ts';
import { GrpcStatus, isRejection, type Rejection } from '../../kernel/rejection.ts';
import type { SettleInput } from '../../aggregate/settle.ts';
import type { NewEvent } from '../transition.ts';
import type { ExternalCancel, ExternalSignal } from './external-request.ts';

/** What the sender records of the other workflow's answer. `own` is the sender's namespace. */
export function externalAnswered(
  request: ExternalSignal | ExternalCancel,
  own: NamespaceView,
  answer: SettleInput['answer'],
): NewEvent {
  const { initiated, initiatedEventId } = request;
  const common = {
    initiatedEventId,
    namespace: initiated.namespace || own.name,
    namespaceId: initiated.namespaceId,
    workflowExecution: initiated.workflowExecution,
  };
  if (request.kind === 'cancel') return cancelAnswered(common, answer);
  return signalAnswered({ ...common, control: request.initiated.control }, answer);
}

type SignaledAttributes = NonNullable<NewEvent['externalWorkflowExecutionSignaledEventAttributes']>;
type CancelRequestedAttributes = NonNullable<NewEvent['externalWorkflowExecutionCancelRequestedEventAttributes']>;

function signalAnswered(common: SignaledAttributes, answer: SettleInput['answer']): NewEvent {
  if (!isRejection(answer)) {
    return {
      eventType: EventType.ExternalWorkflowExecutionSignaled,
      externalWorkflowExecutionSignaledEventAttributes: common,
    };
  }
  return {
    eventType: EventType.SignalExternalWorkflowExecutionFailed,
    signalExternalWorkflowExecutionFailedEventAttributes: { ...common, cause: signalFailedCause(answer) },
  };
}

function cancelAnswered(common: CancelRequestedAttributes, answer: SettleInput['answer']): NewEvent {
  if (!isRejection(answer)) {
    return {
      eventType: EventType.ExternalWorkflowExecutionCancelRequested,
      externalWorkflowExecutionCancelRequestedEventAttributes: common,
    };
  }
  return {
    eventType: EventType.RequestCancelExternalWorkflowExecutionFailed,
    requestCancelExternalWorkflowExecutionFailedEventAttributes: { ...common, cause: cancelFailedCause(answer) },
  };
}

/** A signal is well-formed when it is sent, so that what the receiver finds wrong with it is that it is one too many. */
function signalFailedCause(refusal: Rejection): SignalFailedCause {
  if (refusal.detail?.type === 'NamespaceNotFoundFailure') return SignalFailedCause.NamespaceNotFound;
  switch (refusal.status) {
    case GrpcStatus.NotFound:
      return SignalFailedCause.ExternalWorkflowExecutionNotFound;
    case GrpcStatus.InvalidArgument:
      return SignalFailedCause.SignalCountLimitExceeded;
    default:
      return SignalFailedCause.Unspecified;
  }
}

function cancelFailedCause(refusal: Rejection): CancelFailedCause {
  if (refusal.detail?.type === 'NamespaceNotFoundFailure') return CancelFailedCause.NamespaceNotFound;
  return refusal.status === GrpcStatus.NotFound
    ? CancelFailedCause.ExternalWorkflowExecutionNotFound
    : CancelFailedCause.Unspecified;
}
