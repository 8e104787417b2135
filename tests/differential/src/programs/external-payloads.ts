import { Buffer } from 'node:buffer';
import { completeWorkflow, continueAsNew, scheduleActivity, startTimer } from '../commands.ts';
import { programs } from '../program.ts';
import { failure, fields } from '../values.ts';

/** A payload that refers to others, of so many bytes, that a worker has put somewhere else. */
function stored(...sizes: readonly number[]): object {
  const metadata = { encoding: Buffer.from('json/protobuf') };
  const externalPayloads = sizes.map((sizeBytes) => ({ sizeBytes }));
  return { metadata, data: Buffer.from('{"driverName":"store"}'), externalPayloads };
}

function listed(...sizes: readonly number[]): object {
  return { payloads: sizes.map((size) => stored(size)) };
}

export const externalPayloads = programs('external-payloads', {
  'wherever they are in the history': async (scene) => {
    await scene.start('w', {
      input: listed(1000, 2000),
      memo: { fields: { note: stored(3) } },
      header: { fields: { trace: stored(4, 5) } },
      searchAttributes: {
        indexedFields: { Color: { ...fields({ a: 'red' })['a'], externalPayloads: [{ sizeBytes: 6 }] } },
      },
      userMetadata: { summary: stored(7), details: stored(8) },
    });
    await scene.describe('w');
    const task = await scene.task('w');
    await scene.attempt('SignalWorkflowExecution', {
      workflowExecution: scene.execution('w'),
      signalName: 'held-back',
      requestId: 'r',
      input: listed(9),
    });
    await scene.arrived('w');
    await scene.describe('w');
    await scene.complete(task, [
      scheduleActivity(scene.id('w'), 'a', { input: listed(10) }),
      startTimer('t', 60_000, { userMetadata: { summary: stored(11) } }),
    ]);
    await scene.describe('w');
    const details = failure('bad', { details: listed(12), nonRetryable: true });
    const cause = { ...failure('worse'), encodedAttributes: stored(13) };
    await scene.failActivity(await scene.activity('w'), { ...details, cause });
    await scene.answer('w', [
      { ...completeWorkflow(), completeWorkflowExecutionCommandAttributes: { result: listed(14) } },
    ]);
    await scene.describe('w');
    const query = `WorkflowId = '${scene.id('w')}' AND ExternalPayloadCount = 13`;
    await scene.untilFound(query);
    await scene.call('ListWorkflowExecutions', { query });
  },

  'a run that goes on has what it begins with': async (scene) => {
    await scene.start('w', { input: listed(100) });
    const task = await scene.answer('w', [continueAsNew({ input: listed(1, 2) })]);
    await scene.describe('w', task.workflowExecution?.runId ?? '');
    await scene.describe('w');
  },
});
