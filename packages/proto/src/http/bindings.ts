import bindings from '../generated/http-bindings.json' with { type: 'json' };
import { findMethod, type Method } from '../services.ts';

/** The verbs that `google.api.http` binds methods of this API to. */
export type HttpVerb = 'GET' | 'POST' | 'DELETE';

/** One way of calling a method over HTTP. */
export interface HttpBinding {
  readonly verb: HttpVerb;
  /** `/namespaces/{namespace}/workflows/{execution.workflow_id}`: a field in braces takes one segment. */
  readonly template: string;
  readonly method: Method;
  /** Whether the body is the request; else what the path does not say is in the query. */
  readonly hasBody: boolean;
}

const servicesByName: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = bindings;

/** What the Web UI does and the protocol binds to no path, nor any other server offers over HTTP. */
const ownServices: typeof servicesByName = {
  'temporal.api.operatorservice.v1.OperatorService': {
    AddSearchAttributes: ['POST /api/v1/namespaces/{namespace}/search-attributes'],
    RemoveSearchAttributes: ['POST /api/v1/namespaces/{namespace}/search-attributes/remove'],
    DeleteNamespace: ['POST /api/v1/namespaces/{namespace}/delete'],
  },
};

/** All ways of calling methods over HTTP. Source: the `google.api.http` options of temporalio/api, and our own three. */
export function httpBindings(): readonly HttpBinding[] {
  return [...Object.entries(servicesByName), ...Object.entries(ownServices)].flatMap(([service, methods]) =>
    Object.entries(methods).flatMap(([name, texts]) => texts.map((text) => parseBinding(`/${service}/${name}`, text))),
  );
}

function parseBinding(path: string, text: string): HttpBinding {
  const method = findMethod(path);
  const [verb, template = ''] = text.split(' ');
  if (method === undefined || !isVerb(verb)) throw new Error(`malformed binding: ${path} ${text}`);
  return { verb, template, method, hasBody: verb === 'POST' };
}

function isVerb(text: string | undefined): text is HttpVerb {
  return text === 'GET' || text === 'POST' || text === 'DELETE';
}
