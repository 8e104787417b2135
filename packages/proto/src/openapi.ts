import type { Json } from './json/to-json.ts';
import { operations, type Operation, type Parameter } from './openapi/operations.ts';
import { Schemas, type JsonObject } from './openapi/schemas.ts';
import { toYaml } from './openapi/yaml.ts';

/** What a document is about. */
export interface ApiFacts {
  readonly title: string;
  readonly version: string;
  /** Whether a method, by its path in gRPC, is served. */
  readonly isServed: (path: string) => boolean;
}

/** `google.rpc.Status` in JSON. */
const STATUS: JsonObject = {
  type: 'object',
  properties: {
    code: { type: 'integer', format: 'int32', description: 'A status of gRPC.' },
    message: { type: 'string' },
    details: { type: 'array', items: { type: 'object', additionalProperties: true } },
  },
};

const REPLY = 'The reply.';
const REFUSAL = 'Why the call was refused.';

/** The methods over HTTP as a document of OpenAPI 3.0, in YAML. */
export function openApiYaml({ title, version, isServed }: ApiFacts): string {
  const schemas = new Schemas('#/components/schemas/');
  const content = (schema: JsonObject): JsonObject => ({ 'application/json': { schema } });
  const paths = pathsOf(operations(isServed), ({ method, hasBody, parameters }) => ({
    parameters: parameters.map((parameter) => ({
      ...placeOf(parameter),
      schema: schemas.field(parameter.field),
    })),
    ...(hasBody && { requestBody: { required: true, content: content(schemas.message(method.requestType)) } }),
    responses: {
      '200': { description: REPLY, content: content(schemas.message(method.replyType)) },
      default: { description: REFUSAL, content: content({ $ref: '#/components/schemas/Status' }) },
    },
  }));
  const components = { schemas: { ...schemas.all(), Status: STATUS } };
  return toYaml({ openapi: '3.0.3', info: { title, version }, paths, components });
}

/** The same as a document of OpenAPI 2.0, which was Swagger, in JSON. */
export function swaggerJson({ title, version, isServed }: ApiFacts): string {
  const schemas = new Schemas('#/definitions/');
  const paths = pathsOf(operations(isServed), ({ method, hasBody, parameters }) => ({
    parameters: [
      ...parameters.map((parameter) => ({
        ...placeOf(parameter),
        ...schemas.field(parameter.field),
        ...(parameter.field.shape === 'repeated' && { collectionFormat: 'multi' }),
      })),
      ...(hasBody ? [{ name: 'body', in: 'body', required: true, schema: schemas.message(method.requestType) }] : []),
    ],
    responses: {
      '200': { description: REPLY, schema: schemas.message(method.replyType) },
      default: { description: REFUSAL, schema: { $ref: '#/definitions/Status' } },
    },
  }));
  const json = 'application/json';
  const definitions = { ...schemas.all(), Status: STATUS };
  return JSON.stringify({
    swagger: '2.0',
    info: { title, version },
    consumes: [json],
    produces: [json],
    paths,
    definitions,
  });
}

function placeOf({ name, place }: Parameter): JsonObject {
  return { name, in: place, ...(place === 'path' && { required: true }) };
}

function pathsOf(all: readonly Operation[], describe: (operation: Operation) => JsonObject): JsonObject {
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of all) {
    const { service } = operation.method;
    const tags = [service.slice(service.lastIndexOf('.') + 1)];
    const path = (paths[operation.path] ??= {});
    path[operation.verb.toLowerCase()] = { tags, operationId: operation.id, ...describe(operation) };
  }
  return paths;
}
