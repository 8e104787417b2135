import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestEvent } from 'node:test/reporters';
import { mergeRuns } from './merge-runs.ts';

function line(message: string): TestEvent {
  return { type: 'test:diagnostic', data: { nesting: 0, message, level: 'info' } };
}

function summary(success: boolean, file?: string): TestEvent {
  const counts = { cancelled: 0, passed: 0, skipped: 0, suites: 0, tests: 0, todo: 0, topLevel: 0 };
  return { type: 'test:summary', data: { success, counts, duration_ms: 1, file } };
}

async function* events(...list: TestEvent[]): AsyncGenerator<TestEvent> {
  yield* list;
}

async function merge(...runs: TestEvent[][]): Promise<{ messages: string[]; succeeded: boolean }> {
  let succeeded = false;
  const starts = runs.map((run) => () => events(...run));
  const merged = mergeRuns(starts, () => (succeeded = true));
  const messages: string[] = [];
  for await (const event of merged as AsyncIterable<TestEvent>) {
    messages.push(event.type === 'test:diagnostic' ? event.data.message : event.type);
  }
  return { messages, succeeded };
}

test('the counts of all runs are added up and come last', async () => {
  const first = [line('a note'), line('tests 2'), line('pass 2'), line('duration_ms 1.5'), summary(true)];
  const second = [summary(true, 'a.test.ts'), line('tests 3'), line('pass 3'), line('duration_ms 2'), summary(true)];
  const { messages, succeeded } = await merge(first, second);
  assert.deepEqual(messages, ['a note', 'test:summary', 'tests 5', 'pass 5', 'duration_ms 3.5']);
  assert.equal(succeeded, true);
});

test('one run that fails fails all', async () => {
  assert.equal((await merge([summary(false)], [summary(true)])).succeeded, false);
});

test('a run that ends without a summary fails', async () => {
  assert.equal((await merge([summary(true)], [line('tests 1')])).succeeded, false);
});

test("a file's own summary does not count for the run", async () => {
  assert.equal((await merge([summary(true, 'a.test.ts')])).succeeded, false);
});
