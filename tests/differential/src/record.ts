/**
 * `node tests/differential/src/record.ts --address host:port [name…]`: asks Temporal's own server, and writes what it
 * answers below `recordings/`: for all programs, or for those whose name contains one of the names. Only what it answers
 * twice in a row is recorded.
 * The server has the namespace `default` and is set as `server-settings.ts` says.
 */
import { parseArgs } from 'node:util';
import { RawClient } from '@perdure-tests/interop/raw-client';
import { allPrograms } from './programs/index.ts';
import { play } from './play.ts';
import type { Program } from './program.ts';
import { writeRecording } from './recordings.ts';
import { SEARCH_ATTRIBUTES } from './server-settings.ts';
import type { Entry } from './transcript.ts';

const CONCURRENCY = 8;
const TRIES = 6;

const { values, positionals } = parseArgs({
  options: { address: { type: 'string' } },
  allowPositionals: true,
});
const { address } = values;
if (address === undefined) throw new Error('--address host:port is missing');

const chosen = allPrograms.filter(
  ({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
);
const server = await prepare(address);
const queue = [...chosen];
const failed: string[] = [];
await Promise.all(Array.from({ length: CONCURRENCY }, () => recordFrom(queue, address)));
console.log(`${String(chosen.length - failed.length)} of ${String(chosen.length)} recorded from Temporal ${server}`);
if (failed.length > 0) process.exitCode = 1;

async function recordFrom(programs: Program[], from: string): Promise<void> {
  for (let program = programs.shift(); program !== undefined; program = programs.shift()) {
    try {
      await writeRecording(program.name, { server, transcript: await steadyAnswer(program, from) });
    } catch (error) {
      failed.push(program.name);
      console.error(error);
    }
  }
}

async function steadyAnswer(program: Program, from: string): Promise<readonly Entry[]> {
  let last = await play(program, from);
  for (let attempt = 1; attempt < TRIES; attempt += 1) {
    const next = await play(program, from);
    if (JSON.stringify(next) === JSON.stringify(last)) return next;
    last = next;
  }
  throw new Error(`${program.name} has another answer each time`);
}

/** Registers the search attributes that are not there yet; gives the server's version. */
async function prepare(to: string): Promise<string> {
  const client = new RawClient(to);
  try {
    const operator = 'temporal.api.operatorservice.v1.OperatorService';
    const searchAttributes = Object.fromEntries(
      Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, `INDEXED_VALUE_TYPE_${screaming(type)}`]),
    );
    await client.exchange('AddSearchAttributes', { namespace: 'default', searchAttributes }, 20_000, operator);
    const { message } = await client.exchange('GetSystemInfo', {});
    return (message as { serverVersion: string }).serverVersion;
  } finally {
    client.close();
  }
}

/** `KeywordList` as `KEYWORD_LIST`. */
function screaming(type: string): string {
  return type.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}
