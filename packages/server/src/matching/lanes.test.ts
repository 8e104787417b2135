import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backlog, type WaitingTask } from './backlog.ts';
import { placeOf } from './lane.ts';
import { Lanes } from './lanes.ts';

interface Wanted {
  readonly priorityKey?: number;
  readonly fairnessKey?: string;
  readonly fairnessWeight?: number;
}

/** Tasks by name, put in one after the other. */
class Stage {
  readonly lanes = new Lanes();
  readonly #names = new Map<number, string>();
  #count = 0;

  put(name: string, wanted: Wanted = {}, shard = 0): void {
    this.#count += 1;
    this.#names.set(this.#count, name);
    const place = placeOf(wanted);
    const task: WaitingTask = {
      shard,
      run: this.#count,
      scheduledEventId: 5,
      stamp: 1,
      createdAtMs: this.#count,
      backlogId: 0,
      ...place,
    };
    const lane = this.lanes.lane(place.priority, place.fairnessKey);
    lane
      .backlog(
        shard,
        () =>
          new Backlog(
            shard,
            () => Promise.resolve([]),
            () => undefined,
          ),
      )
      .push(task);
    this.lanes.note(lane);
  }

  /** So many tasks of a key: a1, a2, … */
  putMany(fairnessKey: string, count: number, more: Wanted = {}): void {
    for (let index = 1; index <= count; index++) this.put(`${fairnessKey}${index}`, { fairnessKey, ...more });
  }

  take(count = Infinity): string {
    const names: string[] = [];
    while (names.length < count) {
      const task = this.lanes.take();
      if (task === undefined) break;
      names.push(this.#names.get(task.run) ?? '');
    }
    return names.join(' ');
  }
}

test('the most urgent leave first, within a priority the oldest; no priority is the one in the middle', () => {
  const stage = new Stage();
  stage.put('low', { priorityKey: 5 });
  stage.put('plain');
  stage.put('middle', { priorityKey: 3 });
  stage.put('high', { priorityKey: 1 });
  stage.put('beyond', { priorityKey: 99 });
  stage.put('higher', { priorityKey: 2 });
  assert.equal(stage.take(), 'high higher plain middle low beyond');
});

test('tasks of several shards leave by age', () => {
  const stage = new Stage();
  stage.put('one', {}, 1);
  stage.put('two', {}, 2);
  stage.put('three', {}, 1);
  assert.equal(stage.take(), 'one two three');
});

test('keys take turns, however many tasks one of them has', () => {
  const stage = new Stage();
  stage.putMany('a', 5);
  stage.putMany('b', 2);
  stage.put('c1', { fairnessKey: 'c' });
  assert.equal(stage.take(), 'a1 b1 c1 a2 b2 a3 a4 a5');
});

test('a key that comes late gets its turn, and does not catch up', () => {
  const stage = new Stage();
  stage.putMany('a', 10);
  assert.equal(stage.take(4), 'a1 a2 a3 a4');
  stage.putMany('b', 3);
  assert.equal(stage.take(6), 'b1 a5 b2 a6 b3 a7');
});

test('a key has as many turns as its weight says, and what a person has set goes before', () => {
  const stage = new Stage();
  stage.putMany('a', 9, { fairnessWeight: 3 });
  stage.putMany('b', 9);
  const shareOfA = (text: string) => text.split(' ').filter((name) => name.startsWith('a')).length;
  assert.equal(shareOfA(stage.take(8)), 6);
  stage.lanes.configure({ a: 1, b: 1 });
  assert.equal(shareOfA(stage.take(4)), 2);
});

test('fairness is within a priority', () => {
  const stage = new Stage();
  stage.putMany('a', 2, { priorityKey: 1 });
  stage.putMany('b', 1, { priorityKey: 2 });
  stage.putMany('b', 1, { priorityKey: 1 });
  assert.equal(stage.take(), 'a1 b1 a2 b1');
});

test('a lane that may not go is passed over, and keeps its turn', () => {
  const stage = new Stage();
  stage.putMany('a', 1);
  stage.putMany('b', 1);
  const task = stage.lanes.take(({ fairnessKey }) => fairnessKey !== 'a');
  assert.equal(task?.fairnessKey, 'b');
  assert.equal(
    stage.lanes.take(() => false),
    undefined,
  );
  assert.equal(stage.take(), 'a1');
});

test('tasks of a shard that was lost are gone, and lanes that nobody uses are forgotten', () => {
  const stage = new Stage();
  stage.put('kept', { fairnessKey: 'a' }, 1);
  stage.put('lost', { fairnessKey: 'b', priorityKey: 1 }, 2);
  stage.lanes.forgetShard(2);
  assert.equal(stage.lanes.size, 1);
  assert.equal(stage.take(), 'kept');
  stage.lanes.retry();
  assert.deepEqual([...stage.lanes], []);
});

test('among a thousand keys each gets its turn', () => {
  const stage = new Stage();
  for (let index = 0; index < 3_000; index++) {
    stage.put(`${index % 1_000}`, { fairnessKey: `key-${(index * 7) % 1_000}` });
  }
  for (let round = 0; round < 3; round++) {
    assert.equal(new Set(stage.take(1_000).split(' ')).size, 1_000);
  }
});
