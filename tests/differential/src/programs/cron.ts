import { completeWorkflow, continueAsNew, failWorkflow } from '../commands.ts';
import { programs } from '../program.ts';
import { ms, seconds } from '../values.ts';

export const cron = programs('cron', {
  'a run completes, the next has its result': async (scene) => {
    const first = await scene.start('w', { cronSchedule: '@every 1s', memo: { fields: {} } });
    await scene.describe('w');
    await scene.answer('w', [completeWorkflow('result 1')]);
    await scene.history('w', first.runId);
    const second = await scene.nextRun('w', first.runId);
    await scene.answer('w', [completeWorkflow('result 2')]);
    await scene.history('w', second);
    await scene.nextRun('w', second);
    await scene.task('w');
    await scene.history('w');
    await scene.terminate('w');
  },

  'a run fails, the next has the failure and the last result': async (scene) => {
    const first = await scene.start('w', { cronSchedule: '@every 1s' });
    await scene.answer('w', [completeWorkflow('kept')]);
    const second = await scene.nextRun('w', first.runId);
    await scene.answer('w', [failWorkflow('it failed')]);
    await scene.history('w', second);
    await scene.nextRun('w', second);
    await scene.task('w');
    await scene.history('w');
    await scene.terminate('w');
  },

  'retries come before the next tick': async (scene) => {
    const retryPolicy = { initialInterval: ms(100), maximumAttempts: 2 };
    const first = await scene.start('w', { cronSchedule: '@every 1s', retryPolicy });
    await scene.answer('w', [failWorkflow('once')]);
    await scene.history('w', first.runId);
    const second = await scene.nextRun('w', first.runId);
    await scene.answer('w', [failWorkflow('twice')]);
    await scene.history('w', second);
    await scene.nextRun('w', second);
    await scene.task('w');
    await scene.history('w');
    await scene.terminate('w');
  },

  'a run times out': async (scene) => {
    const first = await scene.start('w', { cronSchedule: '@every 1s', workflowRunTimeout: ms(1500) });
    await scene.until('w', 'EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT', 1, first.runId);
    await scene.history('w', first.runId);
    await scene.nextRun('w', first.runId);
    await scene.history('w');
    await scene.terminate('w');
  },

  'a cancel request ends it, a cancelled run too': async (scene) => {
    await scene.start('w', { cronSchedule: '@every 1s' });
    await scene.requestCancel('w');
    await scene.answer('w', [
      { commandType: 'COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION', cancelWorkflowExecutionCommandAttributes: {} },
    ]);
    await scene.history('w');
    await scene.describe('w');
  },

  'termination ends it': async (scene) => {
    await scene.start('w', { cronSchedule: '@every 1s' });
    await scene.terminate('w', { reason: 'enough' });
    await scene.history('w');
  },

  'continue as new keeps the schedule if the command has it': async (scene) => {
    const first = await scene.start('w', { cronSchedule: '@every 1s', workflowExecutionTimeout: seconds(60) });
    await scene.answer('w', [continueAsNew({ cronSchedule: '@every 2s' })]);
    await scene.history('w', first.runId);
    const second = await scene.nextRun('w', first.runId);
    await scene.answer('w', [completeWorkflow('on schedule')]);
    await scene.history('w', second);
    const third = await scene.nextRun('w', second);
    await scene.answer('w', [continueAsNew()]);
    await scene.nextRun('w', third);
    await scene.answer('w', [completeWorkflow('the end')]);
    await scene.history('w');
  },

  'a signal waits for the tick with the workflow': async (scene) => {
    const first = await scene.start('w', { cronSchedule: '@every 1s' });
    await scene.answer('w', [completeWorkflow()]);
    await scene.nextRun('w', first.runId);
    await scene.signal('w', 'early');
    await scene.task('w');
    await scene.history('w');
    await scene.terminate('w');
  },
});
