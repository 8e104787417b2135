import test, { type TestContext } from 'node:test';
import type { Store } from '../store.ts';

/** A fresh, empty store, and how to come back to what it keeps. */
export interface Subject {
  readonly store: Store;
  /** Closes the store and opens it again as after a restart; undefined where the store is not durable. */
  readonly reopen: (() => Promise<Store>) | undefined;
}

/** Opens an empty store. Whatever it needs is removed by the caller of the suite, after its tests. */
export type OpenFresh = () => Promise<Subject>;

/** Declares a test that runs on a store of its own. */
export type StoreTest = (
  name: string,
  body: (store: Store, subject: Subject, context: TestContext) => Promise<void>,
) => void;

/** A test on a fresh store, which is closed whatever happens. */
export function storeTest(openFresh: OpenFresh): StoreTest {
  return (name, body) =>
    void test(name, async (context) => {
      const subject = await openFresh();
      try {
        await body(subject.store, subject, context);
      } finally {
        await subject.store.close();
      }
    });
}
