import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8Length } from './utf8.ts';

const encoder = new TextEncoder();

test('the length of a text is that of its bytes', () => {
  for (const text of ['', 'plain', '\u007f\u0080', '\u07ff\u0800', 'é日本', '\uffff', '😀', 'a😀é😀b']) {
    assert.equal(utf8Length(text), encoder.encode(text).length, JSON.stringify(text));
  }
});

test('half of a surrogate pair counts as the three bytes of what replaces it', () => {
  for (const text of [
    '\ud800',
    'a\ud800b',
    '\ud800é',
    '\ud800日',
    '\udc00',
    '\udc00\ud800',
    '\ud800\ud800\udc00',
    '\ud800\udc00\udc00',
  ]) {
    assert.equal(utf8Length(text), encoder.encode(text).length, JSON.stringify(text));
  }
});
