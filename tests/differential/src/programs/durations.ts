import { completeWorkflow, continueAsNew, scheduleActivity, startChild, startTimer } from '../commands.ts';
import { programs } from '../program.ts';

/** Longer than any program, and not a whole number of milliseconds. */
const ODD = { seconds: 40, nanos: 123_456_789 };
const ODDER = { seconds: 20, nanos: 1 };

const retryPolicy = { initialInterval: { nanos: 1_234_567 }, backoffCoefficient: 1.5 };

/** Those of a workflow, whoever starts it. */
const workflowTimeouts = {
  workflowExecutionTimeout: { seconds: 50, nanos: 5 },
  workflowRunTimeout: ODD,
  workflowTaskTimeout: { seconds: 9, nanos: 999_999_999 },
  retryPolicy,
};

/** Durations finer than a millisecond stand in the history as they were given. */
export const durations = programs('durations', {
  'of a workflow and its commands': async (scene) => {
    const { runId } = await scene.start('w', workflowTimeouts);
    await scene.answer(
      'w',
      [
        startTimer('t', 0, { startTimerCommandAttributes: { timerId: 't', startToFireTimeout: ODD } }),
        scheduleActivity(scene.id('a'), 'a', {
          scheduleToCloseTimeout: ODD,
          scheduleToStartTimeout: ODDER,
          startToCloseTimeout: ODDER,
          heartbeatTimeout: { seconds: 5, nanos: 7 },
          retryPolicy,
        }),
        scheduleActivity(scene.id('b'), 'b', { scheduleToCloseTimeout: ODD, startToCloseTimeout: undefined }),
        scheduleActivity(scene.id('c'), 'c', { startToCloseTimeout: { seconds: 60, nanos: 3 } }),
      ],
      { forceCreateNewWorkflowTask: true },
    );
    await scene.describe('w');
    await scene.answer('w', [
      continueAsNew({ workflowRunTimeout: ODDER, workflowTaskTimeout: ODD, backoffStartInterval: ODDER }),
    ]);
    await scene.history('w', runId);
    await scene.history('w');
    await scene.describe('w');
    await scene.terminate('w');
  },

  'of children': async (scene) => {
    await scene.start('w');
    await scene.answer('w', [
      startChild(scene.id('child'), { ...workflowTimeouts, taskQueue: { name: scene.id('child') } }),
      startChild(scene.id('other child'), {
        workflowRunTimeout: { seconds: 60, nanos: 3 },
        workflowExecutionTimeout: ODD,
      }),
      completeWorkflow(),
    ]);
    await scene.history('w');
  },

  'of a delayed start': async (scene) => {
    await scene.start('w', { workflowStartDelay: ODD, workflowTaskTimeout: { nanos: 1 } });
    await scene.history('w');
    await scene.describe('w');
    await scene.terminate('w');
  },
});
