import { logRow, runWrite, ShardOwner } from '@perdure/storage/conformance';
import { writeSync } from 'node:fs';
import { openSqliteStore } from '../open-store.ts';
import type { RoutePolicy } from '../writer.ts';

/**
 * A process to be watched or killed: commits one transition after the other to the file of the first argument, on the
 * route of the second, as often as the third says, and writes the number of each to its output once it is confirmed.
 */
const [, , file, commits, count] = process.argv;
const store = openSqliteStore({ file, commits: commits as RoutePolicy });
const owner = await ShardOwner.of(store);
const first = owner.grant.sequence + 1;
await owner.commit({ runs: [runWrite(1)], log: [logRow(1, first)] });
for (let sequence = first + 1; sequence < first + Number(count); sequence++) {
  writeSync(1, `confirmed ${sequence - 1}\n`);
  await owner.commit({ log: [logRow(1, sequence)] });
}
writeSync(1, `confirmed ${first + Number(count) - 1}\n`);
await store.close();
