import type {
  RequestCancelExternalWorkflowExecutionInitiatedEventAttributes,
  SignalExternalWorkflowExecutionInitiatedEventAttributes,
} from '@perdure/proto/types';

/** What an open run has on its way to another workflow: a signal, a cancel request, or the start of a child. */
export type ExternalRequest = ExternalSignal | ExternalCancel | ChildStart;

export interface ExternalSignal {
  readonly kind: 'signal';
  readonly initiatedEventId: number;
  readonly initiated: SignalExternalWorkflowExecutionInitiatedEventAttributes;
}

export interface ExternalCancel {
  readonly kind: 'cancel';
  readonly initiatedEventId: number;
  readonly initiated: RequestCancelExternalWorkflowExecutionInitiatedEventAttributes;
}

/** The pending child with that initiated event has not answered yet. */
export interface ChildStart {
  readonly kind: 'startChild';
  readonly initiatedEventId: number;
}
