import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evenScale, linearScale } from './scale.ts';
import { isWithin, moved, rangeBetween, timeAt } from './zoom.ts';

const all = { fromMs: 0, toMs: 1000 };

test('a place on the axis is an instant, on both scales', () => {
  const even = evenScale([10, 20, 900], 0, 1000);
  for (const scale of [linearScale(0, 1000), even]) {
    for (const timeMs of [5, 250, 899, 950]) {
      assert.ok(Math.abs(timeAt(scale, scale.at(timeMs), all) - timeMs) <= 1, String(timeMs));
    }
  }
});

test('a range is dragged in either direction; a click is none', () => {
  const scale = linearScale(0, 1000);
  assert.deepEqual(rangeBetween(scale, [0.8, 0.2], all), { fromMs: 200, toMs: 800 });
  assert.deepEqual(rangeBetween(scale, [-3, 0.5], all), { fromMs: 0, toMs: 500 });
  assert.equal(rangeBetween(scale, [0.5, 0.5], all), undefined);
});

test('nearer, farther, earlier and later stay within the whole', () => {
  const whole = linearScale(0, 1000);
  const near = moved(whole, undefined, { factor: 0.5 });
  assert.deepEqual(near, { fromMs: 250, toMs: 750 });
  assert.deepEqual(moved(whole, near, { shift: 0.5 }), { fromMs: 500, toMs: 1000 });
  assert.deepEqual(moved(whole, { fromMs: 500, toMs: 1000 }, { shift: 0.5 }), { fromMs: 500, toMs: 1000 });
  assert.equal(moved(whole, near, { factor: 2 }), undefined);
  // So near that there is nothing between any more: it stays.
  assert.deepEqual(moved(whole, { fromMs: 500, toMs: 502 }, { factor: 0.5 }), { fromMs: 500, toMs: 502 });
});

test('what begins before a range and goes on is within it', () => {
  const range = { fromMs: 200, toMs: 300 };
  assert.deepEqual(
    [isWithin(0, 199, range), isWithin(0, 200, range), isWithin(0, undefined, range), isWithin(301, undefined, range)],
    [false, true, true, false],
  );
});
