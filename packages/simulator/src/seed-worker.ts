import { parentPort } from 'node:worker_threads';
import { BUGS } from './bugs/bugs.ts';
import { simulate } from './simulate.ts';

/** What a thread is told to run. */
export interface SeedOrder {
  readonly seed: number;
  readonly steps: number;
  readonly shardCount: number | undefined;
  /** The name of a deliberate bug. */
  readonly bug: string | undefined;
}

// One seed at a time: each order is answered with its result.
parentPort?.on('message', ({ bug, ...order }: SeedOrder) => {
  const run = simulate({ ...order, bug: bug === undefined ? undefined : BUGS[bug] });
  run.then(
    (result) => parentPort?.postMessage(result),
    (error: unknown) => {
      throw error;
    },
  );
});
