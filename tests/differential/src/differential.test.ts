import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { after, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { startServer } from '@perdure-tests/interop/server-under-test';
import { DEVIATIONS } from './deviations.ts';
import type { Deviation } from './deviations.ts';
import { allPrograms } from './programs/index.ts';
import { play } from './play.ts';
import type { Program } from './program.ts';
import { readRecording } from './recordings.ts';
import { DYNAMIC_CONFIG, SEARCH_ATTRIBUTES } from './server-settings.ts';
import type { Entry } from './transcript.ts';

const server = await startServer([
  ...Object.entries(DYNAMIC_CONFIG).flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${jsonOf(value)}`]),
  ...Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
]);
after(() => server.stop());

const unused = new Set(DEVIATIONS);

/** A quiet machine lets this process wait for a tenth of that. */
const STANDSTILL_MS = 150;
const TRIES = 8;

describe('as Temporal’s own server answers', { concurrency: 12 }, () => {
  for (const program of allPrograms) {
    test(program.name, { timeout: 300_000 }, async () => {
      const { transcript: recorded } = await readRecording(program.name);
      const wanted = expected(program.name, recorded);
      assert.deepEqual(await playInTime(program, wanted), wanted);
    });
  }
});

test('each deviation that is declared is one', () => {
  assert.deepEqual([...unused], []);
});

/**
 * Plays the program; again, where it went another way while the machine stood still for so long that what is to come
 * before a timeout may have come after it.
 */
async function playInTime(program: Program, wanted: readonly Entry[]): Promise<readonly Entry[]> {
  for (let triesLeft = TRIES; ; triesLeft -= 1) {
    const delays = monitorEventLoopDelay({ resolution: 10 });
    delays.enable();
    const transcript = await play(program, server.address);
    delays.disable();
    const stoodStill = delays.max > STANDSTILL_MS * 1e6;
    if (triesLeft === 1 || !stoodStill || isDeepStrictEqual(transcript, wanted)) return transcript;
  }
}

/** What was recorded, with the differences that are meant. */
function expected(program: string, recorded: readonly Entry[]): readonly Entry[] {
  const concerned = DEVIATIONS.filter((deviation) => deviation.program === undefined || deviation.program === program);
  return concerned.reduce(deviate, recorded);
}

function deviate(recorded: readonly Entry[], deviation: Deviation): readonly Entry[] {
  const result = deviation.expected(recorded);
  if (JSON.stringify(result) !== JSON.stringify(recorded)) unused.delete(deviation);
  return result;
}

/** A duration is a text in JSON, a number is itself. */
function jsonOf(value: string): string {
  return Number.isNaN(Number(value)) ? JSON.stringify(value) : value;
}
