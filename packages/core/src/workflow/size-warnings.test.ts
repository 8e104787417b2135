import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Limits } from '../kernel/limits.ts';
import { Bench, command, payloads } from './testing.ts';

const LARGE = 'x'.repeat(2_000);

/** The warnings since they were last looked at. */
function warnings(bench: Bench): string[] {
  const taken = bench.effects.flatMap((effect) => (effect.kind === 'sizeWarning' ? [effect.warning.message] : []));
  bench.effects = bench.effects.filter(({ kind }) => kind !== 'sizeWarning');
  return taken;
}

function started(limits: Partial<Limits>): Bench {
  const bench = new Bench({ limits });
  bench.start();
  assert.deepEqual(warnings(bench), []);
  return bench;
}

test('a history that passes a limit is warned about, once', () => {
  const bench = started({ historyCountWarn: 3 });
  bench.signal('one');
  assert.deepEqual(warnings(bench), []);
  bench.signal('two');
  assert.deepEqual(warnings(bench), ['history count exceeds warn limit.']);
  bench.signal('three');
  assert.deepEqual(warnings(bench), []);
  const other = started({ historySizeWarnBytes: 1_000 });
  other.complete([command.scheduleActivity('a', { input: payloads(LARGE) })]);
  assert.deepEqual(warnings(other), ['history size exceeds warn limit.']);
});

test('each event that is large is warned about, and so is a memo', () => {
  const bench = started({ blobSizeWarnBytes: 1_500, memoSizeWarnBytes: 100 });
  bench.complete([command.scheduleActivity('a', { input: payloads(LARGE) })]);
  assert.deepEqual(warnings(bench), ['Blob data size exceeds the warning limit.']);
  const memo = new Bench({ limits: { memoSizeWarnBytes: 100 } });
  memo.start({ memo: { fields: { note: payloads('x'.repeat(200)).payloads?.[0] ?? {} } } });
  assert.deepEqual(warnings(memo), ['Memo size exceeds the warning limit.']);
});

test('a state that is large is warned about when something comes to it', () => {
  const bench = started({ mutableStateSizeWarnBytes: 200 });
  bench.complete([command.startTimer('a', 60), command.startTimer('b', 60)]);
  assert.deepEqual(warnings(bench), []);
  bench.signal('one');
  assert.deepEqual(warnings(bench), ['mutable state size exceeds warn limit.']);
});
