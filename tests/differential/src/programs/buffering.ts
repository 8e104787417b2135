import {
  cancelActivity,
  cancelTimer,
  completeWorkflow,
  scheduleActivity,
  startChild,
  startTimer,
} from '../commands.ts';
import { programs } from '../program.ts';
import { ms } from '../values.ts';

export const buffering = programs('buffering', {
  'events that come while a task runs follow it': async (scene) => {
    await scene.start('w');
    const task = await scene.task('w');
    await scene.signal('w', 'one');
    await scene.signal('w', 'two');
    await scene.requestCancel('w');
    await scene.history('w');
    await scene.complete(task, [startTimer('t', 60_000)]);
    await scene.task('w');
    await scene.history('w');
  },

  'what ends comes after what begins': async (scene) => {
    await scene.start('w');
    await scene.answer('w', [
      scheduleActivity(scene.id('w'), 'a'),
      startChild(scene.id('child'), { taskQueue: { name: scene.id('child') } }),
    ]);
    await scene.until('w', 'EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED');
    const activity = await scene.activity('w');
    const task = await scene.task('w');
    await scene.completeActivity(activity, 'done');
    await scene.signal('w', 'one');
    const child = await scene.task('child');
    await scene.complete(child, [completeWorkflow('child')]);
    await scene.signal('w', 'two');
    await scene.complete(task, [startTimer('t', 60_000)]);
    await scene.task('w');
    await scene.history('w');
  },

  'completion while a signal waits': async (scene) => {
    await scene.start('w');
    const task = await scene.task('w');
    await scene.signal('w', 'late');
    await scene.tryToComplete(task, [completeWorkflow('too early')]);
    await scene.history('w');
    const again = await scene.task('w');
    await scene.signal('w', 'refused');
    await scene.requestCancel('w');
    await scene.update('w', 'refused');
    await scene.tryToComplete(again, [completeWorkflow('at last')]);
    await scene.history('w');
  },

  'a timer that fires while its cancellation is under way': async (scene) => {
    await scene.start('w');
    await scene.answer('w', [startTimer('t', 1100)]);
    await scene.signal('w', 'wake');
    const task = await scene.task('w');
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await scene.complete(task, [cancelTimer('t'), completeWorkflow()]);
    await scene.history('w');
  },

  'an activity that ends while its cancellation is under way': async (scene) => {
    await scene.start('w');
    await scene.answer('w', [scheduleActivity(scene.id('w'), 'a')]);
    const activity = await scene.activity('w');
    await scene.signal('w', 'wake');
    const task = await scene.task('w');
    await scene.completeActivity(activity, 'done');
    await scene.complete(task, [cancelActivity(5)]);
    await scene.task('w');
    await scene.history('w');
  },

  'more than may be held back': async (scene) => {
    await scene.start('w');
    const task = await scene.task('w');
    for (let index = 0; index < 13; index += 1) await scene.signal('w', `signal ${String(index)}`);
    await scene.tryToComplete(task, []);
    await scene.task('w');
    await scene.history('w');
  },

  'termination while a task runs': async (scene) => {
    await scene.start('w');
    await scene.task('w');
    await scene.signal('w', 'held back');
    await scene.terminate('w', { reason: 'enough' });
    await scene.history('w');
  },

  'a task times out with what it held back': async (scene) => {
    await scene.start('w', { workflowTaskTimeout: ms(1000) });
    await scene.task('w');
    await scene.signal('w', 'held back');
    await scene.until('w', 'EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT');
    await scene.task('w');
    await scene.history('w');
  },
});
