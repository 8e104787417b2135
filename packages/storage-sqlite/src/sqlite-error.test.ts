import { StoreError } from '@perdure/storage';
import assert from 'node:assert/strict';
import test from 'node:test';
import { type SqlitePhase, syncFailure, toStoreError } from './sqlite-error.ts';

/** An error as node:sqlite throws it, with SQLite's extended code. */
function sqliteError(errcode: number): Error {
  return Object.assign(new Error('disk I/O error'), { code: 'ERR_SQLITE_ERROR', errcode });
}

function mapped(errcode: number, phase: SqlitePhase): Partial<StoreError> {
  const error = toStoreError(sqliteError(errcode), phase, 'store.db');
  if (!(error instanceof StoreError)) assert.fail(`${errcode} is no StoreError`);
  const { failure, outcomeUnknown, stopped } = error;
  return { failure, outcomeUnknown, stopped };
}

const goesOn = { outcomeUnknown: false, stopped: false };
const ends = { outcomeUnknown: true, stopped: true };

test('a commit that failed in writing or syncing has an unknown outcome, and ends the store', () => {
  const IOERR_FSYNC = 10 | (4 << 8);
  assert.deepEqual(mapped(IOERR_FSYNC, 'commit'), { failure: 'unavailable', ...ends });
  assert.deepEqual(mapped(11, 'commit'), { failure: 'corrupt', ...ends });
});

test('what failed before the commit is not written, and the store goes on unless its file is damaged', () => {
  assert.deepEqual(mapped(10, 'write'), { failure: 'unavailable', ...goesOn });
  assert.deepEqual(mapped(8, 'write'), { failure: 'unavailable', ...goesOn });
  assert.deepEqual(mapped(11, 'write'), { failure: 'corrupt', outcomeUnknown: false, stopped: true });
});

test('a full disk and a lock leave nothing behind, at whatever time', () => {
  for (const phase of ['open', 'read', 'write', 'commit'] as const) {
    assert.deepEqual(mapped(13, phase), { failure: 'full', ...goesOn });
    assert.deepEqual(mapped(5 | (2 << 8), phase), { failure: 'locked', ...goesOn });
  }
});

test('a read that finds damage says so', () => {
  assert.deepEqual(mapped(26, 'open'), { failure: 'corrupt', ...goesOn });
  assert.deepEqual(mapped(11 | (1 << 8), 'read'), { failure: 'corrupt', ...goesOn });
});

test('bugs stay what they are', () => {
  const constraint = sqliteError(19);
  assert.equal(toStoreError(constraint, 'write', 'store.db'), constraint);
  const other = new Error('invariant broken');
  assert.equal(toStoreError(other, 'write', 'store.db'), other);
});

test('after a sync of the log that failed nothing may be confirmed any more', () => {
  const { failure, outcomeUnknown, stopped, message } = syncFailure(new Error('EIO: i/o error, fdatasync'), 'store.db');
  assert.deepEqual({ failure, outcomeUnknown, stopped }, { failure: 'unavailable', ...ends });
  assert.match(message, /The disk failed under store\.db .*EIO/);
});
