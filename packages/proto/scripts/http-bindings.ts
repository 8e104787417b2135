import type { Entry, HttpRule } from './descriptor.ts';

const VERBS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** A rule and those that it brings along. */
function* flatten(rule: HttpRule): Generator<HttpRule> {
  yield rule;
  for (const more of [rule.additional_bindings ?? []].flat()) yield* flatten(more);
}

/** `GET /path/{field}`; a body, where there is one, is always the whole request. */
function bindingText(rule: HttpRule): string {
  const verb = VERBS.find((each) => rule[each] !== undefined);
  if (verb === undefined) throw new Error(`no known verb: ${JSON.stringify(rule)}`);
  const hasBody = verb !== 'get' && verb !== 'delete';
  if (rule.body !== (hasBody ? '*' : undefined)) throw new Error(`unexpected body: ${JSON.stringify(rule)}`);
  return `${verb.toUpperCase()} ${rule[verb]}`;
}

/** The text of `http-bindings.json`: by service and method, the ways of calling it over HTTP. */
export function httpBindingsText(all: readonly Entry[]): string {
  const services: Record<string, Record<string, string[]>> = {};
  for (const { fullName, descriptor } of all) {
    const methods: Record<string, string[]> = {};
    for (const [name, { parsedOptions = [] }] of Object.entries(descriptor.methods ?? {})) {
      const rule = parsedOptions.map((options) => options['(google.api.http)']).find((found) => found !== undefined);
      if (rule !== undefined) methods[name] = [...flatten(rule)].map(bindingText);
    }
    if (Object.keys(methods).length > 0) services[fullName] = methods;
  }
  return `${JSON.stringify(services, null, 1)}\n`;
}
