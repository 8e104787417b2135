import type { Json } from '../json/to-json.ts';

/** Keys that stand for themselves; all others, and all texts, are written as in JSON, which YAML reads. */
const PLAIN_KEY = /^[A-Za-z$_][\w$]*$/;

/** Words that YAML does not take for texts. */
const RESERVED: ReadonlySet<string> = new Set(['true', 'false', 'null', 'yes', 'no', 'on', 'off', 'y', 'n']);

/** Writes a value of JSON as YAML, in blocks. */
export function toYaml(json: Json): string {
  const parts: string[] = [];
  write(json, '', parts);
  return `${parts.join('')}\n`;
}

/** Writes a value whose first line has begun; `indent` is before each further one. */
function write(json: Json, indent: string, parts: string[]): void {
  if (!isBlock(json)) {
    parts.push(JSON.stringify(json));
    return;
  }
  const isList = Array.isArray(json);
  for (const [index, [key, value]] of Object.entries(json).entries()) {
    if (index > 0) parts.push('\n', indent);
    if (isList) parts.push('- ');
    else parts.push(PLAIN_KEY.test(key) && !RESERVED.has(key.toLowerCase()) ? key : JSON.stringify(key), ':');
    const inner = `${indent}  `;
    if (!isList) parts.push(isBlock(value) ? `\n${inner}` : ' ');
    write(value, inner, parts);
  }
}

/** Whether a value takes lines of its own. */
function isBlock(json: Json): json is readonly Json[] | { readonly [key: string]: Json } {
  return typeof json === 'object' && json !== null && Object.keys(json).length > 0;
}
