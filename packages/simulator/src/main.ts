import { BUGS } from './bugs/bugs.ts';
import { nameOf } from './checkers/run-record.ts';
import { parseCommandLine, USAGE, type CommandLine } from './command-line.ts';
import { describeFailure, summarize } from './report.ts';
import { runSeeds } from './run-seeds.ts';
import { showHistory } from './show-history.ts';
import { runToEnd, type Result } from './simulate.ts';
import { Simulation } from './simulation.ts';

/** How many failures are told in full. */
const TOLD_MAX = 3;

async function main(words: readonly string[]): Promise<void> {
  let commandLine: CommandLine;
  try {
    commandLine = parseCommandLine(words);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const startedAtMs = performance.now();
  const results = commandLine.single ? [await runOne(commandLine)] : await runAll(commandLine);
  console.log(summarize(results, (performance.now() - startedAtMs) / 1_000));
  if (results.some(({ failure }) => failure !== undefined)) process.exitCode = 1;
}

async function runOne(commandLine: CommandLine): Promise<Result> {
  const { from: seed, steps, shardCount, bug, verbose, show } = commandLine;
  const print = verbose ? (line: string): void => console.log(line) : undefined;
  const options = { seed, steps, shardCount, print, bug: bug === undefined ? undefined : BUGS[bug] };
  const simulation = new Simulation(options);
  const result = await runToEnd(simulation, seed);
  for (const record of simulation.log.allRuns) {
    if (show !== undefined && nameOf(record).includes(show)) console.log(showHistory(record));
  }
  const did = Array.from(simulation.workload.facts.counts, ([what, count]) => `${what} ${count}`);
  console.log(`clients: ${did.toSorted().join(', ')}`);
  if (result.failure !== undefined) console.log(describeFailure(result, repeatCommand(commandLine, seed)));
  else console.log(`seed ${seed} holds, trace ${result.traceHash}`);
  return result;
}

async function runAll(commandLine: CommandLine): Promise<readonly Result[]> {
  const { from, count, jobs, steps, shardCount, bug } = commandLine;
  const orders = Array.from({ length: count }, (_, index) => ({ seed: from + index, steps, shardCount, bug }));
  const results: Result[] = [];
  let failures = 0;
  await runSeeds(orders, jobs, (result) => {
    results.push(result);
    if (result.failure === undefined) return;
    failures += 1;
    if (failures <= TOLD_MAX) console.log(describeFailure(result, repeatCommand(commandLine, result.seed)));
    else console.log(`seed ${result.seed} violates ${result.failure.message.split('\n')[0]}`);
  });
  return results;
}

/** The command that runs a seed again exactly as it ran. */
function repeatCommand({ steps, shardCount, bug }: CommandLine, seed: number): string {
  const shards = shardCount === undefined ? '' : ` --shards ${shardCount}`;
  return `npm run sim -- --seed ${seed} --steps ${steps}${shards}${bug === undefined ? '' : ` --bug ${bug}`}`;
}

await main(process.argv.slice(2));
