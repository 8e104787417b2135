import type { Engine } from '@perdure/server/testing';

/** How far back it goes. */
const FORGOTTEN_MS = 10_000;

/** An engine in which a schedule that is patched forgets that it has dealt with the last seconds. */
export function forgetTimes(engine: Engine): void {
  const submit = engine.submit.bind(engine);
  engine.submit = (key, input, onApplied) => {
    if (input.kind === 'patchSchedule' && 'scheduleId' in key) {
      void engine.read(key, '', (loaded) => {
        if (loaded === undefined) return;
        loaded.run.processedThroughMs -= FORGOTTEN_MS;
        loaded.run.derived.nextDueMs = null;
      });
    }
    return submit(key, input, onApplied);
  };
}
