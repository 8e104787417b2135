import { isOpen, type Run } from '@perdure/core';
import type { Engine } from '@perdure/server/testing';

type Activity = Run['activities'] extends Map<number, infer Value> ? Value : never;

/** An engine that forgets that an activity has completed when its worker answers again: the second answer counts too. */
export function acceptTwice(engine: Engine): void {
  const submit = engine.submit.bind(engine);
  const answered = new Map<string, Activity>();
  engine.submit = (key, input, onApplied) => {
    if (input.kind === 'completeActivity' && input.activity.by === 'token' && 'workflowId' in key) {
      const { scheduledEventId } = input.activity;
      const name = `${input.runId}/${scheduledEventId}`;
      void engine.read(key, input.runId, (loaded) => {
        const pending = loaded?.run.activities.get(scheduledEventId);
        const before = answered.get(name);
        if (pending !== undefined) answered.set(name, { ...pending });
        else if (loaded !== undefined && before !== undefined && isOpen(loaded.run)) {
          loaded.run.activities.set(scheduledEventId, before);
        }
      });
    }
    return submit(key, input, onApplied);
  };
}
