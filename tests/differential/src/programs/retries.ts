import { completeWorkflow, continueAsNew, failWorkflow } from '../commands.ts';
import { programs } from '../program.ts';
import type { Scene } from '../scene.ts';
import { fields, ms, payloads, seconds } from '../values.ts';

const QUICK = { initialInterval: ms(100), backoffCoefficient: 1 };

/** Fails the first run as `command` says, and notes it; nothing follows. */
async function failsForGood(scene: Scene, retryPolicy: object, command: object): Promise<void> {
  await scene.start('w', { retryPolicy });
  await scene.answer('w', [command]);
  await scene.history('w');
  await scene.describe('w');
}

export const retries = programs('retries', {
  'attempts until the maximum': async (scene) => {
    const first = await scene.start('w', {
      retryPolicy: { ...QUICK, maximumAttempts: 2 },
      input: payloads('in'),
      memo: { fields: fields({ note: 'kept' }) },
      searchAttributes: { indexedFields: fields({ Color: 'red' }) },
      header: { fields: fields({ trace: 'kept' }) },
    });
    await scene.answer('w', [failWorkflow('once')]);
    await scene.history('w', first.runId);
    await scene.nextRun('w', first.runId);
    await scene.describe('w');
    await scene.answer('w', [failWorkflow('twice')]);
    await scene.history('w');
    await scene.describe('w');
  },

  'a failure that is not retryable': async (scene) => {
    await failsForGood(scene, QUICK, failWorkflow('no', { nonRetryable: true }));
  },
  'an error type that the policy names': async (scene) => {
    await failsForGood(
      scene,
      { ...QUICK, nonRetryableErrorTypes: ['Hopeless'] },
      failWorkflow('no', { type: 'Hopeless' }),
    );
  },
  'one attempt': async (scene) => {
    await failsForGood(scene, { maximumAttempts: 1 }, failWorkflow('no'));
  },

  'no policy': async (scene) => {
    await scene.start('w');
    await scene.answer('w', [failWorkflow('no')]);
    await scene.history('w');
  },

  'the failure says when': async (scene) => {
    const retryPolicy = { initialInterval: seconds(60), maximumInterval: seconds(90) };
    const first = await scene.start('w', { retryPolicy });
    await scene.answer('w', [failWorkflow('soon', { nextRetryDelay: ms(1500) })]);
    await scene.nextRun('w', first.runId);
    await scene.answer('w', [failWorkflow('late', { nextRetryDelay: seconds(500) })]);
    await scene.untilDescribed('w', ({ workflowExecutionInfo }) => workflowExecutionInfo?.executionTime !== null);
    await scene.history('w');
    await scene.terminate('w');
  },

  'a run timeout is retried': async (scene) => {
    const first = await scene.start('w', {
      workflowRunTimeout: ms(1200),
      retryPolicy: { ...QUICK, maximumAttempts: 2 },
    });
    const second = await scene.nextRun('w', first.runId);
    await scene.history('w', first.runId);
    await scene.until('w', 'EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT', 1, second);
    await scene.history('w', second);
  },

  'a run timeout is not retried if the policy says so': async (scene) => {
    const retryPolicy = { ...QUICK, nonRetryableErrorTypes: ['TemporalTimeout:StartToClose'] };
    await scene.start('w', { workflowRunTimeout: ms(1200), retryPolicy });
    await scene.until('w', 'EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT');
    await scene.history('w');
  },

  'no attempt goes past the execution timeout': async (scene) => {
    const retryPolicy = { initialInterval: seconds(60), maximumInterval: seconds(60) };
    await scene.start('w', { workflowExecutionTimeout: seconds(30), retryPolicy });
    await scene.answer('w', [failWorkflow('no time')]);
    await scene.history('w');
  },

  'the execution timeout ends the chain': async (scene) => {
    const retryPolicy = { initialInterval: ms(100), backoffCoefficient: 1 };
    const first = await scene.start('w', { workflowExecutionTimeout: seconds(2), retryPolicy });
    await scene.answer('w', [failWorkflow('again')]);
    await scene.nextRun('w', first.runId);
    await scene.until('w', 'EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT');
    await scene.history('w');
    await scene.describe('w');
  },

  'a continued run has its own attempts': async (scene) => {
    const retryPolicy = { ...QUICK, maximumAttempts: 2 };
    const first = await scene.start('w', { retryPolicy });
    await scene.answer('w', [failWorkflow('once')]);
    const second = await scene.nextRun('w', first.runId);
    await scene.answer('w', [continueAsNew({ retryPolicy })]);
    const third = await scene.nextRun('w', second);
    await scene.answer('w', [failWorkflow('once more')]);
    await scene.history('w', third);
    await scene.nextRun('w', third);
    await scene.answer('w', [completeWorkflow()]);
    await scene.history('w');
  },
});
