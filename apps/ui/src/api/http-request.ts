import { escapeDots } from '../lib/dot-segments.ts';

/** What is sent for one call: path and query below `/api/v1`, and the body of a write. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, unknown> | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Places the fields of a request as `google.api.http` does: those that the path names in the path, the others in the
 * query (GET, DELETE) or in the body. Throws where a field that the path needs is lacking.
 */
export function toHttpRequest(endpoint: string, request: object): HttpRequest {
  const [method = 'GET', template = '/'] = endpoint.split(' ');
  let rest = request as Fields;
  const path = template.replaceAll(/\{([\w.]+)\}/g, (_, field: string) => {
    const [value, others] = take(rest, field.split('.'));
    if (typeof value !== 'string' || value === '') throw new TypeError(`${endpoint} needs ${field}`);
    rest = others;
    return encodeURIComponent(escapeDots(value));
  });
  if (method === 'POST') return { method, path, body: { ...rest } };
  const query = new URLSearchParams([...flatten(rest, '')]).toString();
  return { method, path: query === '' ? path : `${path}?${query}`, body: undefined };
}

/** A field's value by its path, and the object without it. */
function take(fields: Fields, [name = '', ...deeper]: readonly string[]): [unknown, Fields] {
  const { [name]: value, ...others } = fields;
  if (deeper.length === 0) return [value, others];
  const [found, remaining] = take((value ?? {}) as Fields, deeper);
  return [found, Object.keys(remaining).length === 0 ? others : { ...others, [name]: remaining }];
}

function* flatten(value: unknown, prefix: string): Generator<[string, string]> {
  if (value === undefined || value === null) return;
  if (Array.isArray(value)) for (const item of value) yield* flatten(item, prefix);
  else if (typeof value === 'object') {
    for (const [name, field] of Object.entries(value)) {
      yield* flatten(field, prefix === '' ? name : `${prefix}.${name}`);
    }
  } else yield [prefix, String(value as string | number | boolean)];
}
