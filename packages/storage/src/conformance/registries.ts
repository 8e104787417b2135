import assert from 'node:assert/strict';
import { bytes } from './builders.ts';
import type { StoreTest } from './subject.ts';

/** Registries: small sets of versioned entries. */
export function registryTests(test: StoreTest): void {
  const entry = (id: string, expectedVersion: number, body: string | undefined) => ({
    registry: 'namespaces',
    id,
    expectedVersion,
    body: body === undefined ? undefined : bytes(body),
  });

  test('an entry is created once', async (store) => {
    assert.equal(await store.writeRegistry(entry('a', 0, 'one')), true);
    assert.equal(await store.writeRegistry(entry('a', 0, 'two')), false);
    assert.deepEqual(await store.readRegistry('namespaces'), [{ id: 'a', version: 1, body: bytes('one') }]);
  });

  test('each write raises the version, and one with an old version changes nothing', async (store) => {
    await store.writeRegistry(entry('a', 0, 'one'));
    assert.equal(await store.writeRegistry(entry('a', 1, 'two')), true);
    assert.equal(await store.writeRegistry(entry('a', 1, 'three')), false);
    assert.equal(await store.writeRegistry(entry('b', 1, 'no entry')), false);
    assert.deepEqual(await store.readRegistry('namespaces'), [{ id: 'a', version: 2, body: bytes('two') }]);
  });

  test('of two writers at once one wins', async (store) => {
    const outcomes = await Promise.all([
      store.writeRegistry(entry('a', 0, 'one')),
      store.writeRegistry(entry('a', 0, 'two')),
    ]);
    assert.equal(outcomes.filter(Boolean).length, 1);
  });

  test('an entry is removed at its version', async (store) => {
    await store.writeRegistry(entry('a', 0, 'one'));
    assert.equal(await store.writeRegistry(entry('a', 2, undefined)), false);
    assert.equal(await store.writeRegistry(entry('a', 1, undefined)), true);
    assert.deepEqual(await store.readRegistry('namespaces'), []);
    assert.equal(await store.writeRegistry(entry('a', 0, 'again')), true);
  });

  test('registries are apart', async (store) => {
    await store.writeRegistry(entry('a', 0, 'one'));
    await store.writeRegistry({ ...entry('a', 0, 'other'), registry: 'keys' });
    assert.deepEqual(await store.readRegistry('keys'), [{ id: 'a', version: 1, body: bytes('other') }]);
    assert.deepEqual(await store.readRegistry('nothing'), []);
  });
}
