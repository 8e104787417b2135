import { completeWorkflow, failWorkflow, protocolMessage, scheduleActivity, startTimer } from '../commands.ts';
import { programs } from '../program.ts';
import type { Scene, WorkflowTask } from '../scene.ts';
import { acceptance, rejection, response } from '../update-protocol.ts';
import { big, failure, fields, payloads, seconds } from '../values.ts';

const TOO_LONG = 'x'.repeat(1001);
const stage = (name: string): object => ({
  waitPolicy: { lifecycleStage: `UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_${name}` },
});

type Message = WorkflowTask['messages'][number];

/** The only message of a task. */
function messageOf(task: Pick<WorkflowTask, 'messages'>): Message {
  const [message] = task.messages;
  if (message === undefined) throw new Error('the task has no message');
  return message;
}

/** A workflow that waits for a timer. */
async function waiting(scene: Scene): Promise<void> {
  await scene.start('w');
  await scene.answer('w', [startTimer('t', 60_000)]);
}

/** Commands that take the messages up in their order. */
function inOrder(messages: readonly object[]): readonly object[] {
  return messages.map((message) => protocolMessage((message as { id: string }).id));
}

async function complete(
  scene: Scene,
  task: WorkflowTask,
  messages: readonly object[],
  commands?: readonly object[],
): Promise<void> {
  await scene.tryToComplete(task, commands ?? inOrder(messages), { messages });
}

async function poll(scene: Scene, updateId: string, stageName: string): Promise<void> {
  await scene.attempt('PollWorkflowExecutionUpdate', {
    updateRef: { workflowExecution: scene.execution('w'), updateId },
    ...stage(stageName),
  });
}

export const updates = programs('updates', {
  'accepted and completed in one task': async (scene) => {
    await waiting(scene);
    const reply = scene.update('w', 'u');
    const task = await scene.task('w');
    await complete(scene, task, [acceptance(messageOf(task)), response(messageOf(task))]);
    await reply;
    await scene.update('w', 'u');
    await poll(scene, 'u', 'COMPLETED');
    await scene.history('w');
  },

  'accepted, and completed later': async (scene) => {
    await waiting(scene);
    const reply = scene.update('w', 'u', stage('ACCEPTED'));
    const task = await scene.task('w');
    const accepted = acceptance(messageOf(task));
    await complete(scene, task, [accepted], [...inOrder([accepted]), scheduleActivity(scene.id('w'), 'a')]);
    await reply;
    await poll(scene, 'u', 'UNSPECIFIED');
    await poll(scene, 'u', 'ACCEPTED');
    await poll(scene, 'u', 'COMPLETED');
    const polled = poll(scene, 'u', 'COMPLETED');
    await scene.completeActivity(await scene.activity('w'), 'done');
    const later = await scene.task('w');
    await complete(scene, later, [response(messageOf(task), { failure: failure('handler failed') })]);
    await polled;
    await scene.history('w');
  },

  'rejected without a trace': async (scene) => {
    await waiting(scene);
    const reply = scene.update('w', 'u');
    const task = await scene.task('w');
    await complete(scene, task, [rejection(messageOf(task))]);
    await reply;
    await poll(scene, 'u', 'COMPLETED');
    await scene.history('w');
    await scene.signal('w', 'news');
    await scene.task('w');
    await scene.history('w');
  },

  'rejected beside a command': async (scene) => {
    await waiting(scene);
    const reply = scene.update('w', 'u');
    const task = await scene.task('w');
    await complete(scene, task, [rejection(messageOf(task))], [startTimer('t2', 60_000)]);
    await reply;
    await scene.history('w');
  },

  'before the first task': async (scene) => {
    await scene.start('w');
    const reply = scene.update('w', 'u');
    await scene.arrived('w');
    const task = await scene.task('w');
    await complete(scene, task, [acceptance(messageOf(task)), response(messageOf(task))]);
    await reply;
    await scene.history('w');
  },

  'while a task runs': async (scene) => {
    await waiting(scene);
    await scene.signal('w', 'news');
    const task = await scene.task('w');
    const reply = scene.update('w', 'u');
    await scene.arrived('w');
    await scene.complete(task);
    const next = await scene.task('w');
    await complete(scene, next, [acceptance(messageOf(next)), response(messageOf(next))]);
    await reply;
    await scene.history('w');
  },

  'a speculative task that a signal makes a real one': async (scene) => {
    await waiting(scene);
    const reply = scene.update('w', 'u');
    const task = await scene.task('w');
    await scene.signal('w', 'news');
    await scene.history('w');
    await complete(scene, task, [rejection(messageOf(task))]);
    await reply;
    await scene.task('w');
    await scene.history('w');
  },

  'several in one task': async (scene) => {
    await waiting(scene);
    await scene.signal('w', 'wake');
    const first = scene.update('w', 'u1');
    await scene.arrived('w');
    const second = scene.update('w', 'u2');
    await scene.arrived('w');
    const third = scene.update('w', 'u3');
    await scene.arrived('w');
    const task = await scene.task('w');
    const [m1, m2, m3] = task.messages as [Message, Message, Message];
    await complete(scene, task, [acceptance(m1), rejection(m2), acceptance(m3), response(m3), response(m1)]);
    await Promise.all([first, second, third]);
    await scene.history('w');
  },

  'the same id twice at once': async (scene) => {
    await waiting(scene);
    const first = scene.update('w', 'u');
    const task = await scene.task('w');
    const second = scene.update('w', 'u', stage('ACCEPTED'));
    await scene.arrived('w');
    await complete(scene, task, [acceptance(messageOf(task)), response(messageOf(task))]);
    await Promise.all([first, second]);
  },

  'that the worker does not answer': async (scene) => {
    await waiting(scene);
    const reply = scene.update('w', 'u');
    const task = await scene.task('w');
    await scene.complete(task, [startTimer('t2', 60_000)]);
    await reply;
    await scene.history('w');
  },

  'that nobody takes': async (scene) => {
    await waiting(scene);
    await scene.update('w', 'u');
    await scene.update('w', 'v', stage('ACCEPTED'));
    await poll(scene, 'u', 'UNSPECIFIED');
    await poll(scene, 'u', 'COMPLETED');
    await scene.history('w');
  },

  'a task with an update fails': async (scene) => {
    await waiting(scene);
    const reply = scene.update('w', 'u');
    const { taskToken } = await scene.task('w');
    await scene.attempt('RespondWorkflowTaskFailed', { taskToken, failure: failure('no') });
    await reply;
    await scene.task('w');
    await scene.history('w');
  },

  'a task with an update times out': async (scene) => {
    await scene.start('w', { workflowTaskTimeout: seconds(1) });
    await scene.answer('w', [startTimer('t', 60_000)]);
    const reply = scene.update('w', 'u');
    await scene.task('w');
    await reply;
    const again = await scene.task('w');
    await scene.complete(again);
    await scene.history('w');
  },

  'the workflow completes over them': async (scene) => {
    await waiting(scene);
    const accepted = scene.update('w', 'accepted');
    const task = await scene.task('w');
    await complete(scene, task, [acceptance(messageOf(task))]);
    await scene.arrived('w');
    const done = scene.update('w', 'done');
    const second = await scene.task('w');
    const messages = [acceptance(messageOf(second)), response(messageOf(second))];
    await complete(scene, second, messages, [...inOrder(messages), completeWorkflow()]);
    await Promise.all([accepted, done]);
    await poll(scene, 'accepted', 'COMPLETED');
    await scene.update('w', 'accepted');
    await scene.update('w', 'done');
    await scene.update('w', 'new');
    await scene.history('w');
  },

  'the workflow is terminated over them': async (scene) => {
    await waiting(scene);
    const accepted = scene.update('w', 'accepted');
    const task = await scene.task('w');
    await complete(scene, task, [acceptance(messageOf(task))]);
    const sent = scene.update('w', 'sent');
    await scene.task('w');
    const admitted = scene.update('w', 'admitted');
    await scene.arrived('w');
    await scene.terminate('w');
    await Promise.all([accepted, sent, admitted]);
    await poll(scene, 'accepted', 'COMPLETED');
    await scene.history('w');
  },

  'the workflow completes with one that it was not sent': async (scene) => {
    await waiting(scene);
    await scene.signal('w', 'news');
    const task = await scene.task('w');
    const reply = scene.update('w', 'u');
    await scene.arrived('w');
    await scene.complete(task, [completeWorkflow()]);
    await reply;
    await scene.history('w');
  },

  'the workflow fails with one that it was sent': async (scene) => {
    await waiting(scene);
    const reply = scene.update('w', 'u');
    const task = await scene.task('w');
    await scene.complete(task, [failWorkflow('it failed')]);
    await reply;
    await scene.history('w');
  },

  'bad messages': async (scene) => {
    const cases: Readonly<Record<string, (message: Message) => readonly object[]>> = {
      'response without acceptance': (message) => [response(message)],
      'accepted twice': (message) => [acceptance(message), { ...acceptance(message), id: 'again' }],
      'rejected after acceptance': (message) => [acceptance(message), rejection(message)],
      'completed twice': (message) => [acceptance(message), response(message), { ...response(message), id: 'again' }],
      'an unknown update': (message) => [
        acceptance({ ...message, protocolInstanceId: 'unknown', id: 'unknown/request' } as Message),
      ],
      'no protocol instance': (message) => [{ ...acceptance(message), protocolInstanceId: '' }],
    };
    for (const [name, messages] of Object.entries(cases)) {
      await scene.start(name);
      await scene.answer(name, [startTimer('t', 60_000)]);
      const reply = scene.update(name, 'u');
      const task = await scene.task(name);
      await scene.tryToComplete(task, inOrder(messages(messageOf(task))), { messages: messages(messageOf(task)) });
      await scene.history(name);
      await scene.terminate(name);
      await reply;
    }
  },

  'messages without commands, commands without messages': async (scene) => {
    await waiting(scene);
    const first = scene.update('w', 'u1');
    const task = await scene.task('w');
    await complete(scene, task, [acceptance(messageOf(task)), response(messageOf(task))], [startTimer('t2', 60_000)]);
    await first;
    await scene.history('w');
    const second = scene.update('w', 'u2');
    const next = await scene.task('w');
    await complete(
      scene,
      next,
      [acceptance(messageOf(next))],
      [protocolMessage('u2/Acceptance'), protocolMessage('u2/Acceptance')],
    );
    await scene.terminate('w');
    await second;
    await scene.history('w');
  },

  'what an update must not be': async (scene) => {
    await scene.start('w');
    const input = { name: 'change' };
    for (const change of [
      { request: undefined },
      { request: { input } },
      { request: { meta: { updateId: 'u' } } },
      { request: { meta: { updateId: 'u' }, input: { name: '' } } },
      { request: { meta: { updateId: TOO_LONG }, input } },
      { request: { meta: { updateId: 'u' }, input: { name: TOO_LONG } } },
      stage('ADMITTED'),
      { workflowExecution: undefined },
      { workflowExecution: scene.execution('nobody') },
      { workflowExecution: scene.execution('w', 'no-uuid') },
      { firstExecutionRunId: '11111111-2222-3333-4444-555555555555' },
      { namespace: 'nowhere' },
      { request: { meta: { updateId: 'big' }, input: { ...input, args: big(2 * 1024 * 1024 + 1) } } },
    ]) {
      await scene.update('w', 'u', change);
    }
    await scene.attempt('PollWorkflowExecutionUpdate', {});
    await scene.attempt('PollWorkflowExecutionUpdate', { updateRef: { workflowExecution: scene.execution('w') } });
    await poll(scene, 'nobody', 'COMPLETED');
  },

  'more than a run takes': async (scene) => {
    await waiting(scene);
    for (let index = 0; index < 10; index += 1) {
      const reply = scene.update('w', `u${String(index)}`);
      const task = await scene.task('w');
      await complete(scene, task, [acceptance(messageOf(task)), response(messageOf(task))]);
      await reply;
    }
    await scene.update('w', 'one too many');
    await scene.signal('w', 'news');
    await scene.answer('w');
    await scene.history('w');
  },

  'with a header and a caller': async (scene) => {
    await waiting(scene);
    const input = { name: 'change', args: payloads(1, 2), header: { fields: fields({ trace: 'a header' }) } };
    const reply = scene.update('w', '', { request: { meta: { identity: 'somebody' }, input } });
    const task = await scene.task('w');
    await complete(scene, task, [acceptance(messageOf(task)), response(messageOf(task))]);
    await reply;
    await scene.history('w');
    await scene.describe('w');
  },

  'a sticky worker that is gone': async (scene) => {
    await scene.start('w');
    const workerTaskQueue = { name: scene.id('sticky'), kind: 'TASK_QUEUE_KIND_STICKY', normalName: scene.id('w') };
    const stickyAttributes = { workerTaskQueue, scheduleToStartTimeout: seconds(30) };
    await scene.answer('w', [startTimer('t', 60_000)], { stickyAttributes });
    const reply = scene.update('w', 'u');
    const task = await scene.task('w');
    await complete(scene, task, [acceptance(messageOf(task)), response(messageOf(task))]);
    await reply;
    await scene.history('w');
  },
});
