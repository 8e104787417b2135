import { randomUUID } from 'node:crypto';
import { completeWorkflow, failWorkflow, startTimer } from '../commands.ts';
import { programs } from '../program.ts';
import type { Scene } from '../scene.ts';
import { failure, fields, payloads, seconds } from '../values.ts';

const { FAIL } = { FAIL: 'WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE' };

/** Takes the query's own task and answers it. */
async function answerQuery(scene: Scene, name: string, answer: object): Promise<void> {
  const task = await scene.task(name);
  await scene.attempt('RespondQueryTaskCompleted', { taskToken: task.taskToken, ...answer });
}

const ANSWERED = { completedType: 'QUERY_RESULT_TYPE_ANSWERED', queryResult: payloads('the answer') };
const FAILED = {
  completedType: 'QUERY_RESULT_TYPE_FAILED',
  errorMessage: 'it failed',
  failure: failure('it failed', { type: 'QueryFailure' }),
};

/** A result of a query that came with a workflow task. */
function inTask(task: { queries?: object }, result: object): object {
  return { queryResults: Object.fromEntries(Object.keys(task.queries ?? {}).map((id) => [id, result])) };
}

export const queries = programs('queries', {
  'of a workflow that waits': async (scene) => {
    await scene.start('w');
    await scene.answer('w', [startTimer('t', 60_000)]);
    const query = { queryType: 'state', queryArgs: payloads('argument'), header: { fields: fields({ trace: 1 }) } };
    const reply = scene.query('w', { query });
    await answerQuery(scene, 'w', ANSWERED);
    await reply;
    const failing = scene.query('w');
    await answerQuery(scene, 'w', FAILED);
    await failing;
    await scene.history('w');
  },

  'of a workflow that is closed': async (scene) => {
    await scene.start('w');
    await scene.answer('w', [completeWorkflow('done')]);
    const reply = scene.query('w');
    await answerQuery(scene, 'w', ANSWERED);
    await reply;
    await scene.query('w', { queryRejectCondition: 'QUERY_REJECT_CONDITION_NOT_OPEN' });
    const clean = scene.query('w', { queryRejectCondition: 'QUERY_REJECT_CONDITION_NOT_COMPLETED_CLEANLY' });
    await answerQuery(scene, 'w', ANSWERED);
    await clean;
  },

  'of a workflow that failed': async (scene) => {
    await scene.start('w');
    await scene.answer('w', [failWorkflow('no')]);
    await scene.query('w', { queryRejectCondition: 'QUERY_REJECT_CONDITION_NOT_COMPLETED_CLEANLY' });
    const reply = scene.query('w', { queryRejectCondition: 'QUERY_REJECT_CONDITION_NONE' });
    await answerQuery(scene, 'w', ANSWERED);
    await reply;
  },

  'with a workflow task': async (scene) => {
    await scene.start('w');
    await scene.answer('w', [startTimer('t', 60_000)]);
    await scene.signal('w', 'news');
    const reply = scene.query('w');
    await scene.arrived('w');
    const task = await scene.task('w');
    await scene.complete(
      task,
      [],
      inTask(task, { resultType: 'QUERY_RESULT_TYPE_ANSWERED', answer: payloads('in a task') }),
    );
    await reply;
    await scene.signal('w', 'news');
    const failing = scene.query('w');
    await scene.arrived('w');
    const second = await scene.task('w');
    await scene.complete(
      second,
      [],
      inTask(second, { resultType: 'QUERY_RESULT_TYPE_FAILED', errorMessage: 'no', failure: failure('no') }),
    );
    await failing;
    await scene.history('w');
  },

  'with a workflow task that closes the workflow': async (scene) => {
    await scene.start('w');
    await scene.answer('w', [startTimer('t', 60_000)]);
    await scene.signal('w', 'news');
    const reply = scene.query('w');
    await scene.arrived('w');
    const task = await scene.task('w');
    await scene.complete(
      task,
      [completeWorkflow()],
      inTask(task, { resultType: 'QUERY_RESULT_TYPE_ANSWERED', answer: payloads('last words') }),
    );
    await reply;
  },

  'before the first workflow task': async (scene) => {
    await scene.start('w');
    const reply = scene.query('w');
    await scene.arrived('w');
    const task = await scene.task('w');
    await scene.complete(
      task,
      [startTimer('t', 60_000)],
      inTask(task, { resultType: 'QUERY_RESULT_TYPE_ANSWERED', answer: payloads('first') }),
    );
    const own = await scene.task('w');
    await scene.attempt('RespondQueryTaskCompleted', { taskToken: own.taskToken, ...ANSWERED });
    await reply;
  },

  'of a workflow that begins before the caller gives up': async (scene) => {
    await scene.start('w', { workflowStartDelay: seconds(1) });
    const reply = scene.query('w', {}, 8000);
    const task = await scene.task('w');
    await scene.complete(
      task,
      [startTimer('t', 60_000)],
      inTask(task, { resultType: 'QUERY_RESULT_TYPE_ANSWERED', answer: payloads('at last') }),
    );
    await reply;
  },

  'while a task runs, more than are held back': async (scene) => {
    await scene.start('w');
    await scene.answer('w', [startTimer('t', 60_000)]);
    await scene.signal('w', 'news');
    const task = await scene.task('w');
    const first = scene.query('w', {}, 8000);
    await scene.arrived('w');
    await scene.query('w', {}, 5000);
    await scene.complete(task);
    await answerQuery(scene, 'w', ANSWERED);
    await first;
  },

  'that nobody answers': async (scene) => {
    await scene.start('w');
    await scene.answer('w', [startTimer('t', 60_000)]);
    await scene.query('w', {}, 1500);
  },

  'of a workflow that has not begun': async (scene) => {
    await scene.start('delayed', { workflowStartDelay: seconds(60) });
    await scene.query('delayed', {}, 2500);
    await scene.start('terminated');
    await scene.terminate('terminated');
    await scene.query('terminated', {}, 2500);
  },

  'of a workflow whose tasks fail': async (scene) => {
    await scene.start('w');
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const { taskToken } = await scene.task('w');
      await scene.attempt('RespondWorkflowTaskFailed', { taskToken, cause: FAIL, failure: failure('no') });
    }
    await scene.query('w', {}, 2500);
    await scene.update('w', 'u');
  },

  'that cannot be': async (scene) => {
    await scene.start('w');
    await scene.query('nobody');
    await scene.query('w', { query: undefined });
    await scene.query('w', { query: { queryType: '' } });
    await scene.query('w', { execution: undefined });
    await scene.query('w', { execution: scene.execution('w', 'no-uuid') });
    await scene.query('w', { execution: scene.execution('w', randomUUID()) });
    await scene.attempt('RespondQueryTaskCompleted', { taskToken: Buffer.alloc(0) });
    await scene.attempt('RespondQueryTaskCompleted', { taskToken: Buffer.from('garbage') });
  },
});
