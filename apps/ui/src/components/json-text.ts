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
