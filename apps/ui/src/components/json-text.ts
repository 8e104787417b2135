/** A piece of JSON text with what it is, for colour. */
export interface JsonToken {
  readonly kind: 'key' | 'string' | 'number' | 'word' | 'mark';
  readonly text: string;
}

const token = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b|([^"\d\w-]+|.)/g;

/** Splits JSON text as `JSON.stringify` writes it; each character is in exactly one token. */
export function* jsonTokens(text: string): Generator<JsonToken> {
  for (const [whole, string, colon, number, word] of text.matchAll(token)) {
    if (string !== undefined && colon !== undefined) {
      yield { kind: 'key', text: string };
      yield { kind: 'mark', text: colon };
    } else if (string !== undefined) yield { kind: 'string', text: string };
    else if (number !== undefined) yield { kind: 'number', text: number };
    else yield { kind: word === undefined ? 'mark' : 'word', text: whole };
  }
}

/** Lists and objects of plain values stay on one line up to this length. */
const lineLengthMax = 72;
/** Deeper than this, all is on one line: nobody reads that by indentation. */
const depthMax = 100;

/** JSON for people: indented by two, with what is short on one line. */
export function prettyJson(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const isList = Array.isArray(value);
  const deeper = `${indent}  `;
  if (deeper.length > depthMax * 2) return JSON.stringify(value);
  const parts = Object.entries(value).map(([key, member]) => {
    const text = prettyJson(member, deeper);
    return isList ? text : `${JSON.stringify(key)}: ${text}`;
  });
  const [open, close] = isList ? '[]' : '{}';
  if (parts.length === 0) return `${open}${close}`;
  const line = isList ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`;
  const isShort = (isList || indent !== '') && line.length <= lineLengthMax && !Object.values(value).some(isNested);
  return isShort ? line : `${open}\n${deeper}${parts.join(`,\n${deeper}`)}\n${indent}${close}`;
}

function isNested(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
