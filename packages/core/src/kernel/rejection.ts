/**
 * Refusals are values. Each names its gRPC status, the exact message and the one error detail that the official SDKs
 * read (index 0 of `google.rpc.Status.details`).
 * Source: go.temporal.io/api serviceerror, server-side messages of Temporal 1.32.
 */
export interface Rejection {
  readonly kind: 'rejection';
  readonly status: GrpcStatus;
  readonly message: string;
  readonly detail?: RejectionDetail;
}

/** An error detail: the message's short name in `temporal.api.errordetails.v1` and its fields. */
export interface RejectionDetail {
  readonly type: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** The gRPC status codes that a refusal may carry. */
export const GrpcStatus = {
  Canceled: 1,
  InvalidArgument: 3,
  DeadlineExceeded: 4,
  NotFound: 5,
  AlreadyExists: 6,
  PermissionDenied: 7,
  ResourceExhausted: 8,
  FailedPrecondition: 9,
  Aborted: 10,
  OutOfRange: 11,
  Unimplemented: 12,
  Internal: 13,
  Unavailable: 14,
  DataLoss: 15,
} as const;
export type GrpcStatus = (typeof GrpcStatus)[keyof typeof GrpcStatus];

function rejection(status: GrpcStatus, message: string, detail?: RejectionDetail): Rejection {
  return detail === undefined ? { kind: 'rejection', status, message } : { kind: 'rejection', status, message, detail };
}

/** True for a refusal, false for any reply. */
export function isRejection(value: unknown): value is Rejection {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'rejection';
}

/** `ResourceExhaustedCause` of the protocol. */
export const ExhaustedCause = {
  RpsLimit: 1,
  ConcurrentLimit: 2,
  SystemOverloaded: 3,
  PersistenceLimit: 4,
  BusyWorkflow: 5,
  ApsLimit: 6,
} as const;
export type ExhaustedCause = (typeof ExhaustedCause)[keyof typeof ExhaustedCause];

/** `ResourceExhaustedScope` of the protocol. */
export const ExhaustedScope = { Namespace: 1, System: 2 } as const;
export type ExhaustedScope = (typeof ExhaustedScope)[keyof typeof ExhaustedScope];

/** The catalogue: one function for each kind of refusal that the protocol knows. */
export const reject = {
  invalidArgument: (message: string) => rejection(GrpcStatus.InvalidArgument, message),

  queryFailed: (message: string, failure: unknown) =>
    rejection(GrpcStatus.InvalidArgument, message, { type: 'QueryFailedFailure', value: { failure } }),

  notFound: (message: string) => rejection(GrpcStatus.NotFound, message, { type: 'NotFoundFailure', value: {} }),

  namespaceNotFound: (namespace: string) =>
    rejection(GrpcStatus.NotFound, `Namespace ${namespace} is not found.`, {
      type: 'NamespaceNotFoundFailure',
      value: { namespace },
    }),

  alreadyExists: (message: string) => rejection(GrpcStatus.AlreadyExists, message),

  namespaceAlreadyExists: (message: string) =>
    rejection(GrpcStatus.AlreadyExists, message, { type: 'NamespaceAlreadyExistsFailure', value: {} }),

  workflowAlreadyStarted: (message: string, startRequestId: string, runId: string, firstExecutionRunId: string) =>
    rejection(GrpcStatus.AlreadyExists, message, {
      type: 'WorkflowExecutionAlreadyStartedFailure',
      value: { startRequestId, runId, firstExecutionRunId },
    }),

  permissionDenied: (message: string, reason = '') =>
    rejection(GrpcStatus.PermissionDenied, message, { type: 'PermissionDeniedFailure', value: { reason } }),

  resourceExhausted: (cause: ExhaustedCause, message: string, scope: ExhaustedScope = ExhaustedScope.Namespace) =>
    rejection(GrpcStatus.ResourceExhausted, message, {
      type: 'ResourceExhaustedFailure',
      value: { cause, scope },
    }),

  systemOverloaded: (message: string) =>
    rejection(GrpcStatus.ResourceExhausted, message, {
      type: 'ResourceExhaustedFailure',
      value: { cause: ExhaustedCause.SystemOverloaded, scope: ExhaustedScope.System },
    }),

  failedPrecondition: (message: string) => rejection(GrpcStatus.FailedPrecondition, message),

  namespaceInvalidState: (namespace: string, state: number, allowedStates: readonly number[], message: string) =>
    rejection(GrpcStatus.FailedPrecondition, message, {
      type: 'NamespaceInvalidStateFailure',
      value: { namespace, state, allowedStates },
    }),

  workflowNotReady: (message: string) =>
    rejection(GrpcStatus.FailedPrecondition, message, { type: 'WorkflowNotReadyFailure', value: {} }),

  /** `status` is that of the operation which was at fault; `statuses` tell of all, one after the other. */
  multiOperation: (status: GrpcStatus, message: string, statuses: readonly unknown[]) =>
    rejection(status, message, { type: 'MultiOperationExecutionFailure', value: { statuses } }),

  clientVersionNotSupported: (message: string, clientVersion: string, clientName: string, supportedVersions: string) =>
    rejection(GrpcStatus.FailedPrecondition, message, {
      type: 'ClientVersionNotSupportedFailure',
      value: { clientVersion, clientName, supportedVersions },
    }),

  serverVersionNotSupported: (message: string, serverVersion: string, clientSupportedServerVersions: string) =>
    rejection(GrpcStatus.FailedPrecondition, message, {
      type: 'ServerVersionNotSupportedFailure',
      value: { serverVersion, clientSupportedServerVersions },
    }),

  aborted: (message: string) => rejection(GrpcStatus.Aborted, message),
  deadlineExceeded: (message: string) => rejection(GrpcStatus.DeadlineExceeded, message),
  canceled: (message: string) => rejection(GrpcStatus.Canceled, message),
  unimplemented: (message: string) => rejection(GrpcStatus.Unimplemented, message),
  internal: (message: string) => rejection(GrpcStatus.Internal, message),
  unavailable: (message: string) => rejection(GrpcStatus.Unavailable, message),
};
