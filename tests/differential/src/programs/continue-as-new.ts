import { completeWorkflow, continueAsNew, recordMarker, startTimer } from '../commands.ts';
import { programs } from '../program.ts';
import { failure, fields, ms, payloads, seconds } from '../values.ts';

export const continueAsNewPrograms = programs('continue-as-new', {
  'what is inherited when the command says nothing': async (scene) => {
    const first = await scene.start('w', {
      input: payloads('in'),
      workflowExecutionTimeout: seconds(90),
      workflowRunTimeout: seconds(60),
      workflowTaskTimeout: seconds(9),
      retryPolicy: { maximumAttempts: 4 },
      memo: { fields: fields({ note: 'old' }) },
      header: { fields: fields({ trace: 'old' }) },
      searchAttributes: { indexedFields: fields({ Color: 'red' }) },
      priority: { priorityKey: 4 },
      userMetadata: { summary: fields({ s: 'a summary' })['s'] },
    });
    await scene.answer('w', [continueAsNew({ workflowType: undefined })]);
    await scene.history('w', first.runId);
    await scene.nextRun('w', first.runId);
    await scene.task('w');
    await scene.history('w');
    await scene.describe('w');
    await scene.describe('w', first.runId);
  },

  'what the command says': async (scene) => {
    const first = await scene.start('w');
    await scene.answer('w', [
      continueAsNew({
        workflowType: { name: 'other' },
        taskQueue: { name: scene.id('other') },
        input: payloads('new'),
        workflowRunTimeout: seconds(50),
        workflowTaskTimeout: seconds(8),
        backoffStartInterval: ms(1100),
        retryPolicy: { maximumAttempts: 3 },
        initiator: 'CONTINUE_AS_NEW_INITIATOR_WORKFLOW',
        failure: failure('the last failure'),
        lastCompletionResult: payloads('the last result'),
        memo: { fields: fields({ note: 'new', nothing: null }) },
        header: { fields: fields({ trace: 'new' }) },
        searchAttributes: { indexedFields: fields({ Count: 5 }) },
      }),
    ]);
    await scene.history('w', first.runId);
    await scene.nextRun('w', first.runId);
    await scene.task('other');
    await scene.history('w');
    await scene.describe('w');
  },

  'a chain of three has one first run': async (scene) => {
    const first = await scene.start('w');
    await scene.answer('w', [continueAsNew({ input: payloads(2) })]);
    const second = await scene.nextRun('w', first.runId);
    await scene.answer('w', [continueAsNew({ input: payloads(3) })]);
    await scene.nextRun('w', second);
    await scene.answer('w', [completeWorkflow('the end')]);
    await scene.history('w');
    await scene.attempt('TerminateWorkflowExecution', {
      workflowExecution: scene.execution('w'),
      firstExecutionRunId: first.runId,
    });
    await scene.call('GetWorkflowExecutionHistory', {
      execution: scene.execution('w', first.runId),
      waitNewEvent: true,
      historyEventFilterType: 'HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT',
    });
  },

  'a run that lasted less than a second waits out the rest': async (scene) => {
    const first = await scene.start('w');
    await scene.answer('w', [continueAsNew()]);
    const second = await scene.nextRun('w', first.runId);
    const { workflowExecutionInfo } = await scene.quietly('DescribeWorkflowExecution', {
      execution: scene.execution('w', second),
    });
    const { startTime, executionTime } = workflowExecutionInfo ?? {};
    scene.say('waits', Number(executionTime?.seconds ?? 0) >= Number(startTime?.seconds ?? 0));
    await scene.history('w');
  },

  'with a timer that is running': async (scene) => {
    const first = await scene.start('w');
    await scene.answer('w', [startTimer('t', 60_000), continueAsNew()]);
    await scene.history('w', first.runId);
  },

  'suggested from a number of events on': async (scene) => {
    await scene.start('w');
    const markers = Array.from({ length: 12 }, (_, index) => recordMarker(`marker ${String(index)}`));
    for (let round = 0; round < 4; round += 1) {
      await scene.answer('w', markers);
      await scene.signal('w', 'again');
    }
    await scene.task('w');
    await scene.history('w');
  },
});
