import { Readable } from 'node:stream';
import type { TestEvent } from 'node:test/reporters';

/**
 * Several runs of Node's test runner, one after the other, as the events of a single one: each run's own closing lines
 * (`tests 5`, `pass 5`…) are taken out and their sums come at the end. `onSuccess` is called when every run has come to
 * its end and none failed.
 */
export function mergeRuns(runs: readonly (() => AsyncIterable<TestEvent>)[], onSuccess: () => void): Readable {
  return Readable.from(merged(runs, onSuccess));
}

async function* merged(
  runs: readonly (() => AsyncIterable<TestEvent>)[],
  onSuccess: () => void,
): AsyncGenerator<TestEvent> {
  const totals = new Map<string, number>();
  let succeeded = 0;
  for (const start of runs) {
    for await (const event of start()) {
      // What concerns the whole run names no file.
      const ofRun = event.data === undefined || !('file' in event.data) || event.data.file === undefined;
      const closing = event.type === 'test:diagnostic' && ofRun ? /^(\w+) ([\d.]+)$/.exec(event.data.message) : null;
      if (closing?.[1] !== undefined) totals.set(closing[1], (totals.get(closing[1]) ?? 0) + Number(closing[2]));
      else if (event.type === 'test:summary' && ofRun) succeeded += event.data.success ? 1 : 0;
      else yield event;
    }
  }
  for (const [line, count] of totals) {
    yield { type: 'test:diagnostic', data: { nesting: 0, message: `${line} ${count}`, level: 'info' } };
  }
  if (succeeded === runs.length) onSuccess();
}
