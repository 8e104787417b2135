import { httpBindings, type HttpVerb } from '../http/bindings.ts';
import { jsonFields } from '../json/from-json.ts';
import { type FieldSchema, messageSchema } from '../schema.ts';
import type { Method } from '../services.ts';
import { TEXT_MESSAGES } from './schemas.ts';

/** A way of calling a method, as documents describe it. */
export interface Operation {
  /** Unique: of a method that can be called in several ways, a number follows its name. */
  readonly id: string;
  readonly verb: HttpVerb;
  readonly path: string;
  readonly method: Method;
  readonly hasBody: boolean;
  readonly parameters: readonly Parameter[];
}

export interface Parameter {
  readonly name: string;
  readonly place: 'path' | 'query';
  readonly field: FieldSchema;
}

/** All ways of calling the methods that are served. */
export function operations(isServed: (path: string) => boolean): readonly Operation[] {
  const ways = new Map<string, number>();
  return httpBindings()
    .filter(({ method }) => isServed(method.path))
    .map(({ verb, template, method, hasBody }) => {
      const way = (ways.get(method.name) ?? 0) + 1;
      ways.set(method.name, way);
      const bound = [...template.matchAll(/\{([\w.]+)\}/g)].map(([, name = '']) => name);
      const inPath = bound.map((name) => ({ name, place: 'path' as const, field: fieldAt(method.requestType, name) }));
      const parameters = hasBody ? inPath : [...inPath, ...inQuery(method.requestType, new Set(bound))];
      return {
        id: way === 1 ? method.name : `${method.name}${way}`,
        verb,
        path: template,
        method,
        hasBody,
        parameters,
      };
    });
}

function fieldAt(typeName: string, path: string): FieldSchema {
  const [name = '', ...rest] = path.split('.');
  const field = jsonFields(messageSchema(typeName)).get(name);
  if (field === undefined) throw new Error(`${typeName} has no ${path}`);
  return rest.length > 0 && field.value.kind === 'message' ? fieldAt(field.value.name, rest.join('.')) : field;
}

/** What a query can say: fields that are texts, numbers or lists of them, those within messages by their path. */
function* inQuery(
  typeName: string,
  bound: ReadonlySet<string>,
  prefix = '',
  within: readonly string[] = [],
): Generator<Parameter> {
  for (const field of messageSchema(typeName).fields) {
    const { value, shape } = field;
    const name = prefix + field.name;
    if (shape === 'map' || bound.has(snakeCase(name))) continue;
    if (value.kind !== 'message' || TEXT_MESSAGES.has(value.name)) yield { name, place: 'query', field };
    else if (shape === 'single' && !within.includes(value.name) && !value.name.startsWith('google.')) {
      yield* inQuery(value.name, bound, `${name}.`, [...within, typeName]);
    }
  }
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
