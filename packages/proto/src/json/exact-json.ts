import type { Json } from './to-json.ts';

/** What Node.js has beyond the types of the language: numbers of JSON as they were written. */
interface ExactJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): Json;
  isRawJSON(value: unknown): value is { readonly rawJSON: string };
}

const exact = JSON as unknown as ExactJson;

/** Digits or an exponent that a double may not hold exactly. Strings may have them too: then the slow way is taken in vain. */
const DOUBTFUL = /[\d.]{16}|\d[eE]/;

/**
 * Parses JSON so that `JSON.stringify` writes its numbers as they were: one that a double cannot hold stays text (see
 * `isExactNumber`). Throws `SyntaxError`.
 */
export function parseExactJson(text: string): Json {
  if (!DOUBTFUL.test(text)) return JSON.parse(text) as Json;
  return exact.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? exact.rawJSON(source) : value,
  ) as Json;
}

/** A number that was kept as text. */
export function isExactNumber(json: unknown): json is { readonly rawJSON: string } {
  return exact.isRawJSON(json);
}
