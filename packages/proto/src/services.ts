import { findService } from './schema.ts';

/** The services that the schema describes. */
export const ServiceName = {
  Workflow: 'temporal.api.workflowservice.v1.WorkflowService',
  Operator: 'temporal.api.operatorservice.v1.OperatorService',
  Test: 'temporal.api.testservice.v1.TestService',
  Health: 'grpc.health.v1.Health',
  ReflectionV1: 'grpc.reflection.v1.ServerReflection',
  ReflectionV1alpha: 'grpc.reflection.v1alpha.ServerReflection',
} as const;
export type ServiceName = (typeof ServiceName)[keyof typeof ServiceName];

/** A method of a service: how it is called and what travels. */
export interface Method {
  /** `/temporal.api.workflowservice.v1.WorkflowService/GetSystemInfo` */
  readonly path: string;
  readonly service: ServiceName;
  /** `GetSystemInfo` */
  readonly name: string;
  /** Full names of the message types. */
  readonly requestType: string;
  readonly replyType: string;
  readonly requestStream: boolean;
  readonly replyStream: boolean;
}

/** All methods of a service, in the order of their declaration. */
export function methodsOf(service: ServiceName): readonly Method[] {
  const methods = findService(service);
  if (methods === undefined) throw new Error(`no such service: ${service}`);
  return methods.map(({ name, request, reply, requestStream, replyStream }) => ({
    path: `/${service}/${name}`,
    service,
    name,
    requestType: request,
    replyType: reply,
    requestStream,
    replyStream,
  }));
}

let methodsByPath: ReadonlyMap<string, Method> | undefined;

/** The method with a path, of any service; undefined for a path that is none. */
export function findMethod(path: string): Method | undefined {
  methodsByPath ??= new Map(
    Object.values(ServiceName)
      .flatMap(methodsOf)
      .map((method) => [method.path, method]),
  );
  return methodsByPath.get(path);
}
