/** `npm run bench`: what a workflow costs, with the official SDK as client and worker, beside the peers that are installed. */
import { availableParallelism, cpus } from 'node:os';
import process from 'node:process';
import type { Figure } from './measure/figure.ts';
import { Subject } from './measure/subject.ts';
import { type BenchOptions, readOptions } from './options.ts';
import type { Peer } from './peers/peer.ts';
import { type Column, tableOf } from './report/table.ts';

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === 'string') {
    console.log(options);
    process.exitCode = 2;
    return;
  }
  const columns: Column[] = [];
  for (const peer of options.peers) {
    const column = await measure(peer, options);
    if (column !== undefined) columns.push(column);
  }
  console.log(`\n${tableOf(columns)}\n`);
  console.log(
    `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? '?'}), Node.js ${process.version}; client, worker`,
  );
  console.log(
    'and server on this machine, everything durable before it is answered. Ratio: how many times Perdure is better.',
  );
}

async function measure(peer: Peer, { measurements, share }: BenchOptions): Promise<Column | undefined> {
  const installation = peer.find();
  if (installation === undefined) {
    console.error(`${peer.name}: not installed, left out`);
    return undefined;
  }
  const subject = new Subject(peer, installation, share);
  const figures: Figure[] = [];
  try {
    for (const measurement of measurements.filter(({ name }) => peer.leavesOut?.includes(name) !== true)) {
      console.error(`${peer.name}: ${measurement.name} …`);
      figures.push(...(await measurement.measure(subject)));
    }
  } finally {
    subject.removeFolders();
  }
  return { name: peer.name, figures };
}

await main();
