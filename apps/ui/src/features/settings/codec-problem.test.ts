import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codecProblem } from './codec-problem.ts';

test('a codec server is on this machine, or the one that the server names', () => {
  for (const text of ['', ' ', 'http://localhost:8888', 'http://127.0.0.1:8888/v1', 'https://codec.example/decode']) {
    assert.equal(codecProblem(text, 'https://codec.example'), undefined, text);
  }
  for (const text of ['localhost:8888', 'codec', 'javascript:alert(1)', 'ftp://codec.example']) {
    assert.match(codecProblem(text, '') ?? '', /http:\/\/ or https/, text);
  }
  assert.match(codecProblem('https://codec.example', '') ?? '', /--ui-codec-endpoint/);
});
