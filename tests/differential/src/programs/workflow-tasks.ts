import { completeWorkflow, recordMarker, scheduleActivity, startTimer } from '../commands.ts';
import { programs } from '../program.ts';
import type { Scene } from '../scene.ts';
import { failure, payloads, ms, seconds } from '../values.ts';

/** Attributes of a completion that make the next task go to the worker's own queue. */
function sticky(scene: Scene, scheduleToStartMs = 10_000): object {
  const workerTaskQueue = { name: scene.id('sticky'), kind: 'TASK_QUEUE_KIND_STICKY', normalName: scene.id('w') };
  return { stickyAttributes: { workerTaskQueue, scheduleToStartTimeout: ms(scheduleToStartMs) } };
}

function stickyPoll(scene: Scene): object {
  return { taskQueue: { name: scene.id('sticky'), kind: 'TASK_QUEUE_KIND_STICKY', normalName: scene.id('w') } };
}

export const workflowTasks = programs('workflow-tasks', {
  'what a worker reports with a completion': async (scene) => {
    await scene.start('w');
    const task = await scene.task('w', { binaryChecksum: 'checksum' });
    await scene.complete(task, [startTimer('t', 60_000)], {
      sdkMetadata: { langUsedFlags: [1, 2], coreUsedFlags: [3], sdkName: 'sdk', sdkVersion: '1.2.3' },
      meteringMetadata: { nonfirstLocalActivityExecutionAttempts: 2 },
    });
    await scene.history('w');
  },

  'the next task comes with the reply': async (scene) => {
    await scene.start('w');
    const task = await scene.task('w');
    const more = { ...sticky(scene), forceCreateNewWorkflowTask: true, returnNewWorkflowTask: true };
    const { workflowTask } = await scene.complete(task, [], more);
    if (!workflowTask) throw new Error('no workflow task in the reply');
    await scene.complete(workflowTask as never, [completeWorkflow()]);
    await scene.history('w');
  },

  'heartbeats of a task': async (scene) => {
    await scene.start('w');
    const task = await scene.task('w');
    const heartbeat = { forceCreateNewWorkflowTask: true, returnNewWorkflowTask: true };
    const first = await scene.complete(task, [], heartbeat);
    const second = await scene.complete(first.workflowTask as never, [], heartbeat);
    await scene.complete(second.workflowTask as never, [recordMarker('after a while')], heartbeat);
    await scene.history('w');
    await scene.describe('w');
  },

  'a sticky queue': async (scene) => {
    await scene.start('w');
    const poll = scene.attempt('PollWorkflowTaskQueue', stickyPoll(scene));
    await scene.answer('w', [startTimer('t', 60_000)], sticky(scene));
    await scene.signal('w', 'news');
    const task = await poll;
    await scene.describe('w');
    await scene.complete(task as never, [completeWorkflow()], sticky(scene));
    await scene.history('w');
  },

  'a sticky queue that nobody polls any more': async (scene) => {
    await scene.start('w');
    const poll = scene.attempt('PollWorkflowTaskQueue', stickyPoll(scene));
    await scene.answer('w', [startTimer('t', 60_000)], sticky(scene, 500));
    await scene.signal('w', 'one');
    await scene.complete((await poll) as never, [], sticky(scene, 500));
    await scene.signal('w', 'two');
    await scene.task('w');
    await scene.history('w');
  },

  'stickiness reset by the worker': async (scene) => {
    await scene.start('w');
    await scene.answer('w', [startTimer('t', 60_000)], sticky(scene, 60_000));
    await scene.attempt('ResetStickyTaskQueue', { execution: scene.execution('w') });
    await scene.signal('w', 'news');
    await scene.task('w');
    await scene.history('w');
    await scene.terminate('w');
    await scene.attempt('ResetStickyTaskQueue', { execution: scene.execution('w') });
  },

  'a task that times out': async (scene) => {
    await scene.start('w', { workflowTaskTimeout: seconds(1) });
    const late = await scene.task('w');
    await scene.until('w', 'EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT');
    await scene.tryToComplete(late, [completeWorkflow()]);
    await scene.history('w');
    const again = await scene.task('w');
    await scene.describe('w');
    await scene.complete(again, [completeWorkflow()]);
    await scene.history('w');
  },

  'a task that times out twice': async (scene) => {
    await scene.start('w', { workflowTaskTimeout: seconds(1) });
    await scene.task('w');
    await scene.task('w');
    await scene.task('w');
    await scene.history('w');
    await scene.describe('w');
  },

  'a sticky task that times out': async (scene) => {
    await scene.start('w', { workflowTaskTimeout: seconds(1) });
    const poll = scene.attempt('PollWorkflowTaskQueue', stickyPoll(scene));
    await scene.answer('w', [startTimer('t', 60_000)], sticky(scene, 60_000));
    await scene.signal('w', 'news');
    await poll;
    await scene.answer('w', [completeWorkflow()]);
    await scene.history('w');
  },

  'a task that fails': async (scene) => {
    await scene.start('w');
    for (const message of ['once', 'twice']) {
      const { taskToken } = await scene.task('w');
      const cause = 'WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE';
      await scene.attempt('RespondWorkflowTaskFailed', { taskToken, cause, failure: failure(message) });
    }
    const third = await scene.task('w');
    await scene.history('w');
    await scene.describe('w');
    await scene.complete(third, [completeWorkflow()]);
    await scene.history('w');
  },

  'a signal while a task fails again': async (scene) => {
    await scene.start('w');
    const fail = async (): Promise<void> => {
      const { taskToken } = await scene.task('w');
      const cause = 'WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR';
      await scene.attempt('RespondWorkflowTaskFailed', { taskToken, cause, failure: failure('again') });
    };
    await fail();
    await fail();
    await scene.signal('w', 'news');
    await fail();
    const { taskToken } = await scene.task('w');
    await scene.signal('w', 'more news');
    await scene.attempt('RespondWorkflowTaskFailed', { taskToken, failure: failure('with news') });
    await scene.task('w');
    await scene.history('w');
  },

  'a failed task of each cause that a worker gives': async (scene) => {
    for (const cause of [
      'UNSPECIFIED',
      'NON_DETERMINISTIC_ERROR',
      'WORKFLOW_WORKER_UNHANDLED_FAILURE',
      'GRPC_MESSAGE_TOO_LARGE',
      'PAYLOADS_TOO_LARGE',
      'BAD_BINARY',
    ]) {
      await scene.start(cause);
      const { taskToken } = await scene.task(cause);
      await scene.attempt('RespondWorkflowTaskFailed', {
        taskToken,
        cause: `WORKFLOW_TASK_FAILED_CAUSE_${cause}`,
        failure: failure('because'),
      });
      await scene.history(cause);
      await scene.describe(cause);
    }
  },

  'a sticky task that fails goes to the normal queue': async (scene) => {
    await scene.start('w');
    const poll = scene.attempt('PollWorkflowTaskQueue', stickyPoll(scene));
    await scene.answer('w', [startTimer('t', 60_000)], sticky(scene));
    await scene.signal('w', 'news');
    const task = await poll;
    await scene.attempt('RespondWorkflowTaskFailed', { taskToken: task?.taskToken, failure: failure('no') });
    await scene.answer('w', [completeWorkflow()]);
    await scene.history('w');
  },

  'an activity goes to the worker with the reply': async (scene) => {
    await scene.start('w');
    const task = await scene.task('w');
    const eager = { requestEagerExecution: true, taskQueue: { name: scene.id('w') } };
    const commands = [
      scheduleActivity(scene.id('w'), 'a', { ...eager, input: payloads('in') }),
      scheduleActivity(scene.id('w'), 'b', { taskQueue: { name: scene.id('other') } }),
    ];
    const reply = await scene.complete(task, commands);
    await scene.history('w');
    await scene.describe('w');
    const [first] = reply.activityTasks;
    if (first) await scene.completeActivity(first as never, 'eager');
    await scene.task('w');
    await scene.history('w');
  },

  'tasks that are not there': async (scene) => {
    await scene.start('w');
    const task = await scene.answer('w', [startTimer('t', 60_000)]);
    await scene.tryToComplete(task, []);
    await scene.attempt('RespondWorkflowTaskFailed', { taskToken: task.taskToken, failure: failure('late') });
    await scene.signal('w', 'news');
    await scene.tryToComplete(task, []);
    await scene.terminate('w');
    await scene.tryToComplete(task, []);
    await scene.attempt('RespondWorkflowTaskFailed', { taskToken: task.taskToken, failure: failure('late') });
  },

  'a poll that finds nothing': async (scene) => {
    await scene.call('PollWorkflowTaskQueue', { taskQueue: { name: scene.id('idle') } }, 3000);
    await scene.call('PollActivityTaskQueue', { taskQueue: { name: scene.id('idle') } }, 3000);
    await scene.attempt('PollWorkflowTaskQueue', { taskQueue: { name: scene.id('idle') } }, 1000);
    await scene.attempt('PollWorkflowTaskQueue', { taskQueue: undefined });
    await scene.attempt('PollActivityTaskQueue', { taskQueue: { name: '' } });
  },

  'a history that is polled for': async (scene) => {
    const { runId } = await scene.start('w');
    const poll = { execution: scene.execution('w', runId), waitNewEvent: true };
    const first = await scene.call('GetWorkflowExecutionHistory', poll);
    const second = scene.call('GetWorkflowExecutionHistory', { ...poll, nextPageToken: first.nextPageToken });
    await scene.answer('w', [startTimer('t', 60_000)]);
    const { nextPageToken } = await second;
    await scene.call('GetWorkflowExecutionHistory', { ...poll, nextPageToken });
    const closing = scene.call('GetWorkflowExecutionHistory', {
      ...poll,
      historyEventFilterType: 'HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT',
    });
    await scene.arrived('w');
    await scene.terminate('w');
    const last = await closing;
    if (last.nextPageToken.length > 0) {
      await scene.call('GetWorkflowExecutionHistory', {
        ...poll,
        nextPageToken: last.nextPageToken,
        historyEventFilterType: 'HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT',
      });
    }
    await scene.attempt('GetWorkflowExecutionHistory', { execution: scene.execution('nobody') });
    await scene.attempt('GetWorkflowExecutionHistory', { execution: scene.execution('w', 'no-uuid') });
    await scene.attempt('GetWorkflowExecutionHistory', {
      execution: scene.execution('w'),
      nextPageToken: Buffer.from('x'),
    });
    await scene.attempt('GetWorkflowExecutionHistoryReverse', { execution: scene.execution('w') });
    await scene.attempt('GetWorkflowExecutionHistoryReverse', { execution: scene.execution('w'), maximumPageSize: 2 });
  },

  'a history in pages': async (scene) => {
    await scene.start('w');
    for (let index = 0; index < 6; index += 1) await scene.signal('w', `signal ${String(index)}`);
    let nextPageToken = new Uint8Array();
    do {
      const request = { execution: scene.execution('w'), maximumPageSize: 3, nextPageToken };
      const reply = await scene.call('GetWorkflowExecutionHistory', request);
      nextPageToken = new Uint8Array(reply.nextPageToken);
    } while (nextPageToken.length > 0);
  },
});
