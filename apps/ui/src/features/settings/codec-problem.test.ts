import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codecProblem } from './codec-problem.ts';

test('a codec server has an address of HTTP, with no secret in it', () => {
  for (const text of ['', ' ', 'http://localhost:8888', 'http://127.0.0.1:8888/v1', 'https://codec.example/decode']) {
    assert.equal(codecProblem(text), undefined, text);
  }
  for (const text of ['localhost:8888', 'codec', 'javascript:alert(1)', 'ftp://codec.example']) {
    assert.match(codecProblem(text) ?? '', /http:\/\/ or https/, text);
  }
  for (const text of ['https://me:secret@codec.example', 'https://codec.example?token=secret', 'http://h/#secret']) {
    assert.match(codecProblem(text) ?? '', /without a password/, text);
  }
  assert.match(codecProblem('http://[::1]:8888') ?? '', /IPv4/);
});
