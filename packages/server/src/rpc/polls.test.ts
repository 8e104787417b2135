import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HistoryGone } from '../engine/history-reader.ts';
import type { CallContext } from './handler.ts';
import { handOver } from './polls.ts';

function contextOf(): CallContext {
  return {
    signal: new AbortController().signal,
    deadlineMs: undefined,
    headers: new Map(),
    certificateNames: [],
    setReplyHeader: () => undefined,
    onUndelivered: () => undefined,
  };
}

test('a task whose run is removed before its history is read is taken back, and its poller gets nothing', async () => {
  let takenBack = 0;
  const takeBack = (): void => void (takenBack += 1);
  const nothing = { attempt: 0 };
  const gone = await handOver(contextOf(), takeBack, nothing, () => Promise.reject(new HistoryGone()));
  assert.deepEqual(gone, { message: nothing });
  assert.equal(takenBack, 1);

  const broken = handOver(contextOf(), takeBack, nothing, () => Promise.reject(new Error('broken')));
  await assert.rejects(broken, /broken/);
  assert.equal(takenBack, 2);
});
