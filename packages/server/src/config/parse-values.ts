import type { ConfiguredValue } from './dynamic-config.ts';

export type ParsedValues =
  | { readonly values: Readonly<Record<string, ConfiguredValue[]>> }
  | { readonly invalid: string };

/**
 * `KEY=JSON` texts, as the command line takes them; of a key given twice the last counts. Texts of the refusals: Temporal,
 * cli internal/temporalcli/strings.go.
 */
export function parseDynamicConfigValues(texts: readonly string[]): ParsedValues {
  const values: Record<string, ConfiguredValue[]> = {};
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at === -1) return { invalid: `missing expected '=' in ${JSON.stringify(text)}` };
    const key = text.slice(0, at);
    try {
      values[key] = [{ value: JSON.parse(text.slice(at + 1)) as unknown }];
    } catch (error) {
      return { invalid: `invalid JSON value for key ${JSON.stringify(key)}: ${(error as SyntaxError).message}` };
    }
  }
  return { values };
}
