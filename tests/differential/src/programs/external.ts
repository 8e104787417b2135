import { cancelExternal, completeWorkflow, signalExternal, startChild } from '../commands.ts';
import { programs } from '../program.ts';
import { fields, payloads } from '../values.ts';

const ELSEWHERE = '11111111-2222-3333-4444-555555555555';

export const external = programs('external', {
  'a signal to another workflow': async (scene) => {
    await scene.start('target');
    await scene.start('w');
    await scene.answer('w', [
      signalExternal(scene.id('target'), { control: 'control', header: { fields: fields({ trace: 'a header' }) } }),
    ]);
    await scene.task('w');
    await scene.history('w');
    await scene.history('target');
    await scene.describe('w');
  },

  'a cancel request to another workflow': async (scene) => {
    await scene.start('target');
    await scene.start('w');
    await scene.answer('w', [cancelExternal(scene.id('target'), { control: 'control', reason: 'a reason' })]);
    await scene.task('w');
    await scene.history('w');
    await scene.history('target');
  },

  'nobody is there to be signalled': async (scene) => {
    await scene.start('w');
    await scene.answer('w', [signalExternal(scene.id('nobody'))]);
    await scene.answer('w', [signalExternal('', { execution: scene.execution('w', ELSEWHERE) })]);
    await scene.task('w');
    await scene.history('w');
  },

  'nobody is there to be cancelled': async (scene) => {
    await scene.start('w');
    await scene.answer('w', [cancelExternal(scene.id('nobody'))]);
    await scene.task('w');
    await scene.history('w');
  },

  'a closed workflow': async (scene) => {
    await scene.start('target');
    await scene.answer('target', [completeWorkflow()]);
    await scene.start('w');
    await scene.answer('w', [signalExternal(scene.id('target'))]);
    await scene.answer('w', [cancelExternal(scene.id('target'))]);
    await scene.task('w');
    await scene.history('w');
    await scene.history('target');
  },

  itself: async (scene) => {
    await scene.start('w');
    await scene.answer('w', [signalExternal(scene.id('w'))]);
    await scene.answer('w', [cancelExternal(scene.id('w'))]);
    await scene.task('w');
    await scene.history('w');
  },

  'a child of its own id': async (scene) => {
    await scene.start('w');
    await scene.answer('w', [startChild(scene.id('w'))]);
    await scene.task('w');
    await scene.history('w');
  },

  'somebody else’s child': async (scene) => {
    await scene.start('target');
    await scene.start('w');
    await scene.answer('w', [signalExternal(scene.id('target'), { childWorkflowOnly: true })]);
    await scene.answer('w', [cancelExternal(scene.id('target'), { childWorkflowOnly: true })]);
    await scene.task('w');
    await scene.history('w');
    await scene.history('target');
  },

  'a workflow that has had all its signals': async (scene) => {
    await scene.start('target');
    for (let index = 0; index < 20; index += 1) {
      const request = { workflowExecution: scene.execution('target'), signalName: 'signal', input: payloads(index) };
      await scene.quietly('SignalWorkflowExecution', request);
    }
    await scene.start('w');
    await scene.answer('w', [signalExternal(scene.id('target'))]);
    await scene.task('w');
    await scene.history('w');
  },

  'a signal and the end in one task': async (scene) => {
    await scene.start('target');
    await scene.start('w');
    await scene.answer('w', [signalExternal(scene.id('target')), completeWorkflow()]);
    await scene.history('w');
    await scene.signal('target', 'afterwards');
    await scene.history('target');
  },
});
