import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { startServer } from '@perdure-tests/interop/server-under-test';
import { DEVIATIONS } from './deviations.ts';
import type { Deviation } from './deviations.ts';
import { allPrograms } from './programs/index.ts';
import { play } from './play.ts';
import { readRecording } from './recordings.ts';
import { DYNAMIC_CONFIG, SEARCH_ATTRIBUTES } from './server-settings.ts';
import type { Entry } from './transcript.ts';

const server = await startServer([
  ...Object.entries(DYNAMIC_CONFIG).flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${jsonOf(value)}`]),
  ...Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
]);
after(() => server.stop());

const unused = new Set(DEVIATIONS);

describe('as Temporal’s own server answers', { concurrency: 12 }, () => {
  for (const program of allPrograms) {
    test(program.name, { timeout: 60_000 }, async () => {
      const recording = await readRecording(program.name);
      const transcript = await play(program, server.address);
      assert.deepEqual(transcript, expected(program.name, recording.transcript));
    });
  }
});

test('each deviation that is declared is one', () => {
  assert.deepEqual([...unused], []);
});

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
