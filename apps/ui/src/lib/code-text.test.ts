import assert from 'node:assert/strict';
import { test } from 'node:test';
import { programAddress } from './code-text.ts';

test('a program finds the server by the name of the page, and at its own port', () => {
  const told: readonly (readonly [listening: string, page: string, address: string])[] = [
    ['127.0.0.1:8010', 'localhost', 'localhost:8010'],
    ['0.0.0.0:7233', 'box.example', 'box.example:7233'],
    ['[::]:7234', '[::1]', '[::1]:7234'],
    ['10.0.0.7:7233', 'ui.example', '10.0.0.7:7233'],
    ['', 'localhost', 'localhost:7233'],
  ];
  for (const [listening, page, address] of told) assert.equal(programAddress(listening, page), address);
});
