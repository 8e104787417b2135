import { scheduleActivity } from '../commands.ts';
import { programs } from '../program.ts';
import { ms, seconds } from '../values.ts';

/** Schedules an activity with each of the attributes, and notes what the event says of timeouts and retries. */
export const activityCommands = programs('activity-commands', {
  'timeouts as they are recorded': async (scene) => {
    const cases: readonly object[] = [
      { startToCloseTimeout: seconds(5) },
      { startToCloseTimeout: seconds(5), heartbeatTimeout: seconds(9) },
      { startToCloseTimeout: undefined, scheduleToCloseTimeout: seconds(7) },
      { startToCloseTimeout: seconds(9), scheduleToCloseTimeout: seconds(7) },
      { startToCloseTimeout: seconds(2), scheduleToStartTimeout: seconds(3) },
      { startToCloseTimeout: seconds(2), scheduleToStartTimeout: seconds(9), scheduleToCloseTimeout: seconds(7) },
      { startToCloseTimeout: ms(1500), heartbeatTimeout: ms(250) },
      { startToCloseTimeout: ms(0), scheduleToCloseTimeout: seconds(3) },
    ];
    await scene.start('w');
    await scene.answer(
      'w',
      cases.map((attributes, index) => scheduleActivity('any', `a${String(index)}`, attributes)),
    );
    await scene.history('w');
  },

  'retry policies as they are recorded': async (scene) => {
    const cases: readonly object[] = [
      {},
      { maximumAttempts: 1 },
      { initialInterval: seconds(2) },
      { initialInterval: ms(300), backoffCoefficient: 3 },
      { maximumInterval: seconds(5), maximumAttempts: 7 },
      { nonRetryableErrorTypes: ['One', 'Two'] },
    ];
    await scene.start('w');
    await scene.answer(
      'w',
      cases.map((retryPolicy, index) => scheduleActivity('any', `a${String(index)}`, { retryPolicy })),
    );
    await scene.history('w');
  },
});
