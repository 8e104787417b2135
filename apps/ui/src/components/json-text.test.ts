import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonTokens } from './json-text.ts';

test('tokens of JSON cover the text and tell keys from strings', () => {
  const text = JSON.stringify({ 'a:"b': ['<script>', -1.5e3, true, null, ''], c: { d: 'x\n' } }, undefined, 2);
  const tokens = [...jsonTokens(text)];
  assert.equal(tokens.map((token) => token.text).join(''), text);
  const of = (kind: string) => tokens.filter((token) => token.kind === kind).map((token) => token.text);
  assert.deepEqual(of('key'), ['"a:\\"b"', '"c"', '"d"']);
  assert.deepEqual(of('string'), ['"<script>"', '""', '"x\\n"']);
  assert.deepEqual(of('number'), ['-1500']);
  assert.deepEqual(of('word'), ['true', 'null']);
});
