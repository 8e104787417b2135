import { parse, YAMLParseError } from 'yaml';
import { CommandError } from '../command-line/command.ts';

/** Text that is no YAML; the message says where. */
export class YamlError extends Error {
  override readonly name = 'YamlError';
}

/**
 * The content of a YAML file as plain values. JSON is YAML. No tags of our own, no merge keys, a key given twice is
 * refused, and aliases cannot multiply a document without bounds.
 */
export function readYaml(text: string): unknown {
  try {
    return parse(text, { version: '1.2', uniqueKeys: true, maxAliasCount: 100, prettyErrors: true }) as unknown;
  } catch (error) {
    if (error instanceof YAMLParseError) throw new YamlError(error.message.trimEnd());
    // Such as too many aliases.
    throw new YamlError(error instanceof Error ? error.message : String(error));
  }
}

/** The same of the text of a file, which the message names. Throws a `CommandError`. */
export function readYamlOf(file: string, text: string): unknown {
  try {
    return readYaml(text);
  } catch (error) {
    throw new CommandError(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

export type Fields = Readonly<Record<string, unknown>>;

export function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
