import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StopSource } from './stop-signal.ts';

test('listeners hear once, and who left before hears nothing', () => {
  const source = new StopSource();
  const heard: string[] = [];
  const leaving = (): void => void heard.push('left');
  source.addEventListener('abort', leaving);
  source.addEventListener('abort', () => void heard.push('first'));
  source.addEventListener('abort', () => void heard.push('second'));
  source.removeEventListener('abort', leaving);
  source.abort('over');
  source.abort('again');
  source.addEventListener('abort', () => void heard.push('late'));
  assert.deepEqual(heard, ['first', 'second']);
  assert.equal(source.aborted, true);
  assert.equal(source.reason, 'over');
});

test('a listener may leave while others hear', () => {
  const source = new StopSource();
  let count = 0;
  const once = (): void => {
    count += 1;
    source.removeEventListener('abort', once);
  };
  source.addEventListener('abort', once);
  source.addEventListener('abort', () => (count += 1));
  source.abort('over');
  assert.equal(count, 2);
});
