import type { Engine } from '@perdure/server/testing';

/** An engine that forgets, when somebody asks again, that a workflow has accepted an update: it is run anew. */
export function forgetAccepted(engine: Engine): void {
  const submit = engine.submit.bind(engine);
  engine.submit = (key, input, onApplied) => {
    if (input.kind === 'admitUpdate' && 'workflowId' in key) {
      void engine.read(key, input.runId, (loaded) => {
        if (loaded !== undefined) loaded.run.updates.byId.delete(input.updateId);
      });
    }
    return submit(key, input, onApplied);
  };
}
