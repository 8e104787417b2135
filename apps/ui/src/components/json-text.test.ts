import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonTokens, prettyJson } from './json-text.ts';

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

test('what is short stays on one line, and all of it can be read back', () => {
  const value = {
    items: ['tea', 'kettle'],
    at: { x: 1, y: 2 },
    deep: [[1], { a: [] }],
    none: {},
    long: ['a'.repeat(80)],
  };
  const text = prettyJson(value);
  assert.deepEqual(JSON.parse(text), value);
  assert.match(text, /^ {2}"items": \["tea", "kettle"\],$/m);
  assert.match(text, /^ {2}"at": \{ "x": 1, "y": 2 \},$/m);
  const deep = `${'['.repeat(2000)}${']'.repeat(2000)}`;
  assert.equal(prettyJson(JSON.parse(deep)).replaceAll(/\s/g, ''), deep);
});
