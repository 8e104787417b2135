import { randomUUID } from 'node:crypto';
import { completeWorkflow, cancelWorkflow, startTimer } from '../commands.ts';
import { programs } from '../program.ts';
import { big, fields, payloads } from '../values.ts';

const TOO_LONG = 'x'.repeat(1001);
const ELSEWHERE = '11111111-2222-3333-4444-555555555555';

export const signals = programs('signals', {
  'everything that a signal can say': async (scene) => {
    await scene.start('w');
    await scene.attempt('SignalWorkflowExecution', {
      workflowExecution: scene.execution('w'),
      signalName: 'signal',
      input: payloads('input', 2),
      requestId: 'a request',
      header: { fields: fields({ trace: 'a header' }) },
      links: [{ batchJob: { jobId: 'job' } }],
    });
    await scene.history('w');
  },

  'the same signal twice': async (scene) => {
    const { runId } = await scene.start('w');
    const requestId = randomUUID();
    const request = { workflowExecution: scene.execution('w'), signalName: 'once', requestId };
    await scene.attempt('SignalWorkflowExecution', request);
    await scene.attempt('SignalWorkflowExecution', request);
    await scene.answer('w', [completeWorkflow()]);
    await scene.history('w');
    await scene.attempt('SignalWorkflowExecution', request);
    await scene.attempt('SignalWorkflowExecution', { ...request, workflowExecution: scene.execution('w', runId) });
    await scene.attempt('SignalWorkflowExecution', { ...request, requestId: randomUUID() });
  },

  'what a signal must not be': async (scene) => {
    await scene.start('w');
    const request = { workflowExecution: scene.execution('w'), signalName: 'signal' };
    for (const change of [
      { workflowExecution: undefined },
      { workflowExecution: { workflowId: '' } },
      { workflowExecution: scene.execution('nobody') },
      { workflowExecution: scene.execution('w', ELSEWHERE) },
      { workflowExecution: scene.execution('w', 'no-uuid') },
      { workflowExecution: { workflowId: TOO_LONG } },
      { signalName: '' },
      { signalName: TOO_LONG },
      { requestId: TOO_LONG },
      { input: big(2 * 1024 * 1024 + 1) },
      { namespace: 'nowhere' },
      { links: Array.from({ length: 11 }, () => ({ batchJob: { jobId: 'j' } })) },
    ]) {
      await scene.attempt('SignalWorkflowExecution', { ...request, ...change });
    }
    await scene.history('w');
  },

  'more signals than a run takes': async (scene) => {
    await scene.start('w');
    for (let index = 0; index < 22; index += 1) await scene.signal('w', 'signal');
  },

  'cancel requests': async (scene) => {
    const { runId } = await scene.start('w');
    await scene.answer('w', [startTimer('t', 60_000)]);
    const requestId = randomUUID();
    await scene.requestCancel('w', { requestId, reason: 'a reason', firstExecutionRunId: runId });
    await scene.requestCancel('w', { requestId });
    await scene.requestCancel('w', { reason: 'another reason' });
    await scene.history('w');
    await scene.answer('w', [cancelWorkflow('details')]);
    await scene.history('w');
    await scene.describe('w');
    await scene.requestCancel('w');
    await scene.requestCancel('w', { workflowExecution: scene.execution('w', runId) });
    await scene.requestCancel('nobody');
    await scene.requestCancel('w', { firstExecutionRunId: ELSEWHERE });
    await scene.requestCancel('w', { workflowExecution: scene.execution('w', ELSEWHERE) });
    await scene.requestCancel('w', { workflowExecution: { workflowId: '' } });
    await scene.requestCancel('w', { reason: TOO_LONG });
  },

  termination: async (scene) => {
    const { runId } = await scene.start('plain');
    await scene.terminate('plain', { identity: '' });
    await scene.history('plain');
    await scene.terminate('plain');
    await scene.terminate('plain', { workflowExecution: scene.execution('plain', runId) });
    await scene.start('w');
    await scene.terminate('w', {
      reason: 'a reason',
      details: payloads('details'),
      links: [{ batchJob: { jobId: 'job' } }],
    });
    await scene.history('w');
    await scene.describe('w');
    await scene.terminate('nobody');
    await scene.terminate('w', { firstExecutionRunId: ELSEWHERE });
    await scene.terminate('w', { workflowExecution: scene.execution('w', 'no-uuid') });
    await scene.terminate('w', { workflowExecution: undefined });
  },

  'describe what is not there': async (scene) => {
    await scene.start('w');
    for (const execution of [
      undefined,
      { workflowId: '' },
      scene.execution('nobody'),
      scene.execution('w', ELSEWHERE),
      scene.execution('w', 'no-uuid'),
      { workflowId: TOO_LONG },
    ]) {
      await scene.attempt('DescribeWorkflowExecution', { execution });
    }
  },
});
