import { reject } from '@perdure/core';
import { ServiceName } from '@perdure/proto';
import type { RespondWorkflowTaskCompletedRequest } from '@perdure/proto/types';
import type { CallContext, Handler, HandlerTable, Reply } from '../rpc/handler.ts';
import { type Access, accessOf, publicMethods } from './access.ts';
import type { Authenticator, Caller } from './authenticator.ts';
import { Role, roleIn } from './permissions.ts';

/** A call that was refused, for the log. */
export interface DeniedCall {
  readonly operation: string;
  readonly namespace: string;
  /** Undefined for somebody unknown. */
  readonly caller: string | undefined;
}

/** Text: Temporal, common/authorization/interceptor.go. It tells nothing of why. */
const UNAUTHORIZED = reject.permissionDenied('Request unauthorized.');

const COMPLETE_WORKFLOW_TASK = `/${ServiceName.Workflow}/RespondWorkflowTaskCompleted`;

type NamespaceRequest = { readonly namespace?: string };

/**
 * The same handlers, for callers who may: the one place that decides, for gRPC and HTTP alike. It decides by the method
 * and by the namespace that the request names; that no handler acts in another one is what the namespace gate sees to.
 */
export function withAuthorization(
  handlers: HandlerTable,
  authenticator: Authenticator,
  onDenied: (call: DeniedCall) => void,
): HandlerTable {
  return new Map([...handlers].map(([path, handler]) => [path, guard(path, handler, authenticator, onDenied)]));
}

function guard(
  path: string,
  handler: Handler,
  authenticator: Authenticator,
  onDenied: (call: DeniedCall) => void,
): Handler {
  if (publicMethods.has(path)) return handler;
  const access = accessOf(path);
  const operation = path.slice(path.lastIndexOf('/') + 1);
  return async (request: NamespaceRequest, context: CallContext): Promise<Reply> => {
    const caller = await authenticator.identify({
      authorization: context.headers.get('authorization'),
      certificateNames: context.certificateNames,
    });
    const namespace = request.namespace ?? '';
    const mayCall = caller !== undefined && access !== undefined && may(caller, access, namespace);
    if (!mayCall || !mayReach(caller, path, request)) {
      onDenied({ operation, namespace, caller: caller?.name });
      return UNAUTHORIZED;
    }
    return handler(request as never, context);
  };
}

function may({ permissions }: Caller, { scope, role }: Access, namespace: string): boolean {
  return (scope === 'system' ? permissions.system : roleIn(permissions, namespace)) >= role;
}

/** Whether the caller may act in the namespaces that commands reach for. Temporal: authorizeTargetNamespaces. */
function mayReach({ permissions }: Caller, path: string, request: NamespaceRequest): boolean {
  if (path !== COMPLETE_WORKFLOW_TASK) return true;
  const { commands = [], namespace = '' } = request as RespondWorkflowTaskCompletedRequest;
  const targets = commands.flatMap((command) => [
    command.startChildWorkflowExecutionCommandAttributes?.namespace,
    command.signalExternalWorkflowExecutionCommandAttributes?.namespace,
    command.requestCancelExternalWorkflowExecutionCommandAttributes?.namespace,
  ]);
  return targets.every((target = '') => {
    return target === '' || target === namespace || roleIn(permissions, target) >= Role.Write;
  });
}
