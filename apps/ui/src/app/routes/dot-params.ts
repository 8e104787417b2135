import { escapeDots, unescapeDots } from '../../lib/dot-segments.ts';

/** Of a route with these parameters: how the one that is an id stands in addresses. */
export function dotParams<Params extends object>(name: keyof Params) {
  const map = (params: Params, change: (segment: string) => string): Params => ({
    ...params,
    [name]: change(String(params[name])),
  });
  return {
    parse: (params: Params) => map(params, unescapeDots),
    stringify: (params: Params) => map(params, escapeDots),
  };
}
