import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createNodeHost, type Host } from '@perdure/server';
import { FileWatch } from './watched-files.ts';

interface Watched {
  readonly folder: string;
  readonly heard: string[];
  /** Looks at the files as after the interval, and waits until it has. */
  look(): Promise<void>;
}

/** A watch on the files `a` and `b`, whose timer the test fires. */
function watch(context: TestContext, onChange?: (contents: readonly string[]) => void): Watched {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-'));
  const heard: string[] = [];
  let fire = (): void => assert.fail('no timer');
  let scheduled = Promise.withResolvers<void>();
  const host: Host = {
    ...createNodeHost(() => 0),
    setTimer: (_atMs, callback) => {
      fire = callback;
      scheduled.resolve();
      return { cancel: () => {} };
    },
  };
  const files = new FileWatch({ host, intervalMs: 1_000 });
  context.after(() => {
    files.stop();
    rmSync(folder, { recursive: true });
  });
  for (const name of ['a', 'b']) writeFileSync(join(folder, name), name);
  files.add(
    {
      paths: ['a', 'b'].map((name) => join(folder, name)),
      onChange: (contents) => {
        heard.push(contents.join());
        onChange?.(contents);
      },
      onFailure: (error) => heard.push((error as Error).message.split(':')[0] ?? ''),
    },
    ['a', 'b'],
  );
  const look = async (): Promise<void> => {
    scheduled = Promise.withResolvers<void>();
    fire();
    await scheduled.promise;
  };
  return { folder, heard, look };
}

test('files that stay as they are are not told of; a change is, once, with all of them', async (context) => {
  const { folder, heard, look } = watch(context);
  await look();
  assert.deepEqual(heard, []);
  writeFileSync(join(folder, 'b'), 'c');
  await look();
  await look();
  assert.deepEqual(heard, ['a,c']);
});

test('a file that is gone is told of once, and its return is noticed', async (context) => {
  const { folder, heard, look } = watch(context);
  rmSync(join(folder, 'a'));
  await look();
  await look();
  assert.deepEqual(heard, ['ENOENT']);
  writeFileSync(join(folder, 'a'), 'new');
  await look();
  assert.deepEqual(heard, ['ENOENT', 'new,b']);
});

test('a change that is refused is tried once; the next one is tried again', async (context) => {
  const { folder, heard, look } = watch(context, ([a]) => {
    if (a === 'bad') throw new Error('refused');
  });
  writeFileSync(join(folder, 'a'), 'bad');
  await look();
  await look();
  writeFileSync(join(folder, 'a'), 'good');
  await look();
  assert.deepEqual(heard, ['bad,b', 'refused', 'good,b']);
});
