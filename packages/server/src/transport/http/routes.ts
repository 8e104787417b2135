import { httpBindings, type HttpBinding, type HttpField, type HttpVerb } from '@perdure/proto/http';

/** What a request's verb and path lead to. */
export type RouteMatch =
  | { readonly kind: 'binding'; readonly binding: HttpBinding; readonly fields: readonly HttpField[] }
  /** The path is known, the verb is not. */
  | { readonly kind: 'other verb' }
  | { readonly kind: 'none' };

/** A place in the tree of paths. */
interface Node {
  readonly literals: Map<string, Node>;
  /** Where any segment leads that is no literal here. */
  wildcard: Node | undefined;
  readonly ends: Map<string, Ending>;
}

interface Ending {
  readonly binding: HttpBinding;
  /** The field of each wildcard on the way: two templates of one shape may name different ones. */
  readonly fieldPaths: readonly (readonly string[])[];
}

/** Finds the binding of a request. */
export type RouteFinder = (verb: string, segments: readonly string[]) => RouteMatch;

/** All bindings of the protocol. `segments` are percent-decoded, so a value may hold a slash: more than Temporal takes. */
export function makeRouteFinder(): RouteFinder {
  const root = makeNode();
  for (const binding of httpBindings()) add(root, binding);
  return (verb, segments) => {
    const found = descend(root, segments, 0, [], verb);
    if (found !== undefined) return found;
    return descend(root, segments, 0, [], undefined) === undefined ? { kind: 'none' } : { kind: 'other verb' };
  };
}

function makeNode(): Node {
  return { literals: new Map(), wildcard: undefined, ends: new Map<HttpVerb, Ending>() };
}

function add(root: Node, binding: HttpBinding): void {
  const fieldPaths: string[][] = [];
  let node = root;
  for (const segment of binding.template.slice(1).split('/')) {
    const field = /^\{([\w.]+)\}$/.exec(segment)?.[1];
    if (field !== undefined) {
      fieldPaths.push(field.split('.'));
      node = node.wildcard ??= makeNode();
      continue;
    }
    const next = node.literals.get(segment) ?? makeNode();
    node.literals.set(segment, next);
    node = next;
  }
  node.ends.set(binding.verb, { binding, fieldPaths });
}

/** Follows literals first. Without a verb, any will do. */
function descend(
  node: Node,
  segments: readonly string[],
  index: number,
  values: readonly string[],
  verb: string | undefined,
): RouteMatch | undefined {
  const segment = segments[index];
  if (segment === undefined) {
    if (verb === undefined) return node.ends.size > 0 ? { kind: 'other verb' } : undefined;
    const ending = node.ends.get(verb);
    return ending && { kind: 'binding', binding: ending.binding, fields: fieldsOf(ending, values) };
  }
  const literal = node.literals.get(segment);
  const found = literal && descend(literal, segments, index + 1, values, verb);
  if (found !== undefined || node.wildcard === undefined) return found;
  return descend(node.wildcard, segments, index + 1, [...values, segment], verb);
}

function fieldsOf({ fieldPaths }: Ending, values: readonly string[]): HttpField[] {
  return fieldPaths.map((path, index) => ({ path, value: values[index] ?? '' }));
}
