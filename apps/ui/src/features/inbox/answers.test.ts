import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answersOf, answerWords } from './answers.ts';

const handlers = { signals: ['setLimit', 'reject', 'approve'], updates: ['denyAccess'] };

test('yes comes first, then no, then the rest', () => {
  assert.deepEqual(
    answersOf(handlers, '').map(({ name, meaning }) => [name, meaning]),
    [
      ['approve', 'yes'],
      ['reject', 'no'],
      ['denyAccess', 'no'],
      ['setLimit', 'other'],
    ],
  );
});

test('only what is wanted is offered, and only what the workflow takes', () => {
  assert.deepEqual(
    answersOf(handlers, 'denyAccess, approve, escalate').map(({ kind, name }) => [kind, name]),
    [
      ['signal', 'approve'],
      ['update', 'denyAccess'],
    ],
  );
});

test('names are read as words', () => {
  assert.deepEqual(['setLimit', 'set_limit', 'approve'].map(answerWords), ['Set limit', 'Set limit', 'Approve']);
});
