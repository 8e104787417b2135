import type { Result } from './simulate.ts';

/** What a failure looks like, with all that is needed to repeat it. */
export function describeFailure({ seed, failure, traceHash }: Result, repeat: string): string {
  if (failure === undefined) return '';
  const steps = failure.lastSteps.map((line) => `  ${line}`).join('\n');
  return `seed ${seed} violates ${failure.message}\n${steps}\n  trace ${traceHash}\nrepeat it: ${repeat}`;
}

/** One line for all seeds. */
export function summarize(results: readonly Result[], seconds: number): string {
  const failed = results.filter(({ failure }) => failure !== undefined).length;
  const mean = (of: (result: Result) => number): number =>
    results.reduce((total, result) => total + of(result), 0) / Math.max(1, results.length);
  const each = [
    `${mean(({ steps }) => steps).toFixed(0)} steps`,
    `${mean(({ virtualMs }) => virtualMs / 1_000).toFixed(0)} virtual seconds`,
    `${mean(({ runs }) => runs).toFixed(1)} runs`,
    `${mean(({ commits }) => commits).toFixed(0)} commits`,
    `${mean(({ crashes }) => crashes).toFixed(1)} crashes`,
    `${mean(({ compared }) => compared).toFixed(0)} states compared with their logs`,
  ];
  return `${results.length} seeds, ${failed} failed, ${seconds.toFixed(1)} s; a seed has on average ${each.join(', ')}`;
}
