import { parse, YAMLParseError } from 'yaml';

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
