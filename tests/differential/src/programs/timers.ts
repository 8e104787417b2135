import { cancelTimer, completeWorkflow, startTimer } from '../commands.ts';
import { programs } from '../program.ts';
import { fields } from '../values.ts';

export const timers = programs('timers', {
  'fires, is cancelled, is started and cancelled at once': async (scene) => {
    await scene.start('w');
    const summary = { userMetadata: { summary: fields({ s: 'a summary' })['s'] } };
    await scene.answer('w', [
      startTimer('soon', 1000, summary),
      startTimer('late', 60_000),
      startTimer('never', 60_000),
      cancelTimer('never'),
    ]);
    await scene.answer('w', [cancelTimer('late'), startTimer('soon', 1000)]);
    await scene.answer('w', [completeWorkflow()]);
    await scene.history('w');
  },

  'several at one time': async (scene) => {
    await scene.start('w');
    await scene.answer(
      'w',
      ['a', 'b', 'c'].map((id) => startTimer(id, 1000)),
    );
    await scene.until('w', 'EVENT_TYPE_TIMER_FIRED', 3);
    await scene.task('w');
    await scene.until('w', 'EVENT_TYPE_TIMER_FIRED', 3);
    const events = await scene.quietly('GetWorkflowExecutionHistory', { execution: scene.execution('w') });
    scene.say(
      'fired',
      (events.history?.events ?? []).filter(({ timerFiredEventAttributes }) => timerFiredEventAttributes).length,
    );
  },

  'the longest': async (scene) => {
    await scene.start('w');
    await scene.answer('w', [startTimer('t', 1e13)]);
    await scene.history('w');
  },
});
