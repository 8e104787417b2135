import { describe } from 'node:test';
import { backlogTests } from './backlog.ts';
import { commitTests } from './commits.ts';
import { contentTests } from './contents.ts';
import { grantTests } from './grants.ts';
import { historyTests } from './history.ts';
import { registryTests } from './registries.ts';
import { dueRemovalTests, removalTests } from './removals.ts';
import { reopenTests } from './reopening.ts';
import { runTests, snapshotTests } from './runs.ts';
import { type OpenFresh, storeTest } from './subject.ts';
import { visibilityListTests, visibilityPageTests } from './visibility-list.ts';
import { visibilityCountTests, visibilityQueryTests } from './visibility-query.ts';
import { wakeupTests } from './wakeups.ts';

export * from './builders.ts';
export type { OpenFresh, Subject } from './subject.ts';

/** Declares the tests that every Store passes. `openFresh` gives each of them an empty store. */
export function storeConformance(name: string, openFresh: OpenFresh): void {
  const test = storeTest(openFresh);
  describe(`${name} is a Store`, () => {
    describe('grants', () => grantTests(test));
    describe('commits', () => commitTests(test));
    describe('runs', () => runTests(test));
    describe('snapshots', () => snapshotTests(test));
    describe('history', () => historyTests(test));
    describe('wake-ups', () => wakeupTests(test));
    describe('due removals', () => dueRemovalTests(test));
    describe('removals', () => removalTests(test));
    describe('backlog', () => backlogTests(test));
    describe('visibility: lists', () => visibilityListTests(test));
    describe('visibility: pages', () => visibilityPageTests(test));
    describe('visibility: queries', () => visibilityQueryTests(test));
    describe('visibility: counts', () => visibilityCountTests(test));
    describe('registries', () => registryTests(test));
    describe('contents', () => contentTests(test));
    describe('reopening', () => reopenTests(test));
  });
}
