import { randomUUID } from 'node:crypto';
import { completeWorkflow, failWorkflow } from '../commands.ts';
import { programs } from '../program.ts';
import type { Scene } from '../scene.ts';
import { big, failure, fields, ms, payloads, seconds } from '../values.ts';

const TOO_LONG = 'x'.repeat(1001);

/** Starts a workflow under an id whose last run completed, and one whose last run failed. */
async function startAgain(scene: Scene, more: object): Promise<void> {
  for (const [name, command] of [
    ['completed', completeWorkflow()],
    ['failed', failWorkflow('it failed')],
  ] as const) {
    await scene.start(name);
    await scene.answer(name, [command]);
    await scene.attempt('StartWorkflowExecution', scene.startRequest(name, more));
    await scene.describe(name);
  }
}

export const starts = programs('starts', {
  'everything that a start can say': async (scene) => {
    await scene.start('w', {
      input: payloads('one', { two: 2 }),
      workflowExecutionTimeout: seconds(90),
      workflowRunTimeout: seconds(80),
      workflowTaskTimeout: seconds(7),
      retryPolicy: { initialInterval: ms(500), maximumAttempts: 3, nonRetryableErrorTypes: ['Hopeless'] },
      memo: { fields: fields({ note: 'a memo', nothing: null }) },
      header: { fields: fields({ trace: 'a header' }) },
      searchAttributes: { indexedFields: fields({ Color: 'red', Count: 7, Colors: ['a', 'b'] }) },
      userMetadata: { summary: fields({ s: 'a summary' })['s'], details: fields({ d: 'details' })['d'] },
      priority: { priorityKey: 2, fairnessKey: 'tenant', fairnessWeight: 1.5 },
      links: [
        {
          workflowEvent: {
            namespace: 'default',
            workflowId: 'linked',
            runId: '11111111-2222-3333-4444-555555555555',
            eventRef: { eventId: 5, eventType: 'EVENT_TYPE_TIMER_FIRED' },
          },
        },
      ],
    });
    await scene.task('w');
    await scene.history('w');
    await scene.describe('w');
  },

  'nothing but what is needed': async (scene) => {
    await scene.start('w');
    await scene.history('w');
    await scene.describe('w');
    await scene.answer('w', [completeWorkflow()]);
    await scene.describe('w');
  },

  'timeouts are cut to those around them': async (scene) => {
    await scene.start('run-over-execution', { workflowExecutionTimeout: seconds(20), workflowRunTimeout: seconds(60) });
    await scene.history('run-over-execution');
    await scene.start('task-over-maximum', { workflowTaskTimeout: seconds(900) });
    await scene.history('task-over-maximum');
    await scene.start('task-over-run', { workflowRunTimeout: seconds(3), workflowTaskTimeout: seconds(50) });
    await scene.history('task-over-run');
    await scene.start('over-a-century', { workflowExecutionTimeout: seconds(5e9), workflowRunTimeout: seconds(4e9) });
    await scene.history('over-a-century');
    await scene.start('fractions', { workflowRunTimeout: ms(20_500), workflowTaskTimeout: ms(1500) });
    await scene.history('fractions');
  },

  'an id in use': async (scene) => {
    await scene.start('w');
    for (const policy of ['UNSPECIFIED', 'FAIL', 'USE_EXISTING']) {
      const workflowIdConflictPolicy = `WORKFLOW_ID_CONFLICT_POLICY_${policy}`;
      await scene.attempt('StartWorkflowExecution', scene.startRequest('w', { workflowIdConflictPolicy }));
    }
    for (const policy of ['ALLOW_DUPLICATE', 'ALLOW_DUPLICATE_FAILED_ONLY', 'REJECT_DUPLICATE']) {
      const workflowIdReusePolicy = `WORKFLOW_ID_REUSE_POLICY_${policy}`;
      await scene.attempt('StartWorkflowExecution', scene.startRequest('w', { workflowIdReusePolicy }));
    }
    await scene.history('w');
  },

  'use existing, with what is attached on conflict': async (scene) => {
    await scene.start('w');
    const again = scene.startRequest('w', {
      workflowIdConflictPolicy: 'WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING',
      onConflictOptions: { attachRequestId: true, attachCompletionCallbacks: true, attachLinks: true },
      links: [
        {
          workflowEvent: {
            namespace: 'default',
            workflowId: 'linked',
            runId: '11111111-2222-3333-4444-555555555555',
            requestIdRef: { requestId: 'some request', eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED' },
          },
        },
      ],
    });
    await scene.attempt('StartWorkflowExecution', again);
    await scene.attempt('StartWorkflowExecution', again);
    await scene.history('w');
    await scene.describe('w');
    await scene.answer('w', [completeWorkflow()]);
    await scene.history('w');
  },

  'terminate existing': async (scene) => {
    const first = await scene.start('w');
    await scene.task('w');
    await scene.start('w', { workflowIdConflictPolicy: 'WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING' });
    await scene.history('w', first.runId);
    await scene.history('w');
    await scene.start('w', { workflowIdReusePolicy: 'WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING' });
    await scene.describe('w');
    await scene.start('free', { workflowIdConflictPolicy: 'WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING' });
  },

  'the same request twice': async (scene) => {
    const request = scene.startRequest('w');
    await scene.attempt('StartWorkflowExecution', request);
    await scene.attempt('StartWorkflowExecution', request);
    await scene.answer('w', [completeWorkflow()]);
    await scene.attempt('StartWorkflowExecution', request);
    const reject = { workflowIdReusePolicy: 'WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE' };
    await scene.attempt('StartWorkflowExecution', { ...request, ...reject });
    await scene.start('w');
    await scene.attempt('StartWorkflowExecution', request);
  },

  'an id used before, allow duplicate': async (scene) => {
    await startAgain(scene, { workflowIdReusePolicy: 'WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE' });
  },
  'an id used before, allow duplicate failed only': async (scene) => {
    await startAgain(scene, { workflowIdReusePolicy: 'WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY' });
  },
  'an id used before, reject duplicate': async (scene) => {
    await startAgain(scene, { workflowIdReusePolicy: 'WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE' });
  },
  'an id used before, terminate if running': async (scene) => {
    await startAgain(scene, { workflowIdReusePolicy: 'WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING' });
  },

  'policies that do not go together': async (scene) => {
    for (const [reuse, conflict] of [
      ['TERMINATE_IF_RUNNING', 'FAIL'],
      ['TERMINATE_IF_RUNNING', 'USE_EXISTING'],
      ['TERMINATE_IF_RUNNING', 'TERMINATE_EXISTING'],
      ['REJECT_DUPLICATE', 'TERMINATE_EXISTING'],
      ['REJECT_DUPLICATE', 'USE_EXISTING'],
    ]) {
      const policies = {
        workflowIdReusePolicy: `WORKFLOW_ID_REUSE_POLICY_${String(reuse)}`,
        workflowIdConflictPolicy: `WORKFLOW_ID_CONFLICT_POLICY_${String(conflict)}`,
      };
      await scene.attempt(
        'StartWorkflowExecution',
        scene.startRequest(`${String(reuse)}-${String(conflict)}`, policies),
      );
    }
  },

  'a start delay': async (scene) => {
    await scene.start('w', { workflowStartDelay: ms(1200) });
    await scene.describe('w');
    await scene.signal('w', 'early');
    await scene.history('w');
    await scene.answer('w', [completeWorkflow()]);
    await scene.history('w');
  },

  'a start delay, and a cancel request meanwhile': async (scene) => {
    await scene.start('w', { workflowStartDelay: seconds(60) });
    await scene.requestCancel('w');
    await scene.task('w');
    await scene.history('w');
  },

  'a start delay, and a signal with start meanwhile': async (scene) => {
    const request = scene.startRequest('w', { signalName: 'first', workflowStartDelay: ms(1200) });
    await scene.attempt('SignalWithStartWorkflowExecution', request);
    await scene.attempt('SignalWithStartWorkflowExecution', scene.startRequest('w', { signalName: 'second' }));
    await scene.task('w');
    await scene.history('w');
  },

  'eager start': async (scene) => {
    const request = scene.startRequest('w', { requestEagerExecution: true, input: payloads(1) });
    const reply = await scene.attempt('StartWorkflowExecution', request);
    await scene.attempt('StartWorkflowExecution', request);
    if (reply?.eagerWorkflowTask) await scene.complete(reply.eagerWorkflowTask as never, [completeWorkflow('done')]);
    await scene.attempt('StartWorkflowExecution', request);
    await scene.history('w');
    await scene.start('delayed', { requestEagerExecution: true, workflowStartDelay: seconds(60) });
    await scene.history('delayed');
  },

  'last completion result and failure are handed on': async (scene) => {
    await scene.start('w', {
      lastCompletionResult: payloads('the last result'),
      continuedFailure: failure('the last failure'),
    });
    await scene.history('w');
  },

  'what a start must not be': async (scene) => {
    const changes: readonly object[] = [
      { workflowId: '' },
      { workflowId: TOO_LONG },
      { workflowType: undefined },
      { workflowType: { name: TOO_LONG } },
      { taskQueue: undefined },
      { taskQueue: { name: TOO_LONG } },
      { taskQueue: { name: '/_sys/reserved' } },
      { requestId: TOO_LONG },
      { workflowExecutionTimeout: seconds(-1) },
      { workflowRunTimeout: seconds(-1) },
      { workflowTaskTimeout: seconds(-1) },
      { workflowStartDelay: seconds(-1) },
      { workflowStartDelay: seconds(1), cronSchedule: '* * * * *' },
      { cronSchedule: 'at noon' },
      { retryPolicy: { backoffCoefficient: 0.5 } },
      { retryPolicy: { initialInterval: seconds(5), maximumInterval: seconds(1) } },
      { retryPolicy: { initialInterval: seconds(-1) } },
      { retryPolicy: { maximumInterval: seconds(-1) } },
      { retryPolicy: { maximumAttempts: -1 } },
      { retryPolicy: { maximumAttempts: 1, backoffCoefficient: 0.5 } },
      { retryPolicy: { nonRetryableErrorTypes: ['TemporalTimeout:Whatever'] } },
      { searchAttributes: { indexedFields: fields({ Unknown: 1 }) } },
      { searchAttributes: { indexedFields: fields({ Count: 'many' }) } },
      { searchAttributes: { indexedFields: fields({ WorkflowId: 'w' }) } },
      { searchAttributes: { indexedFields: fields({ BuildIds: ['b'] }) } },
      { priority: { priorityKey: -1 } },
      { priority: { fairnessKey: 'x'.repeat(65) } },
      { priority: { fairnessWeight: -1 } },
      { userMetadata: { summary: fields({ s: 'x'.repeat(500) })['s'] } },
      { userMetadata: { details: fields({ d: 'x'.repeat(20_001) })['d'] } },
      { links: Array.from({ length: 11 }, () => ({ batchJob: { jobId: 'j' } })) },
      { links: [{ batchJob: { jobId: 'x'.repeat(4001) } }] },
      { links: [{ workflowEvent: { workflowId: 'w' } }] },
      { links: [{ workflowEvent: { namespace: 'default' } }] },
      { links: [{}] },
      { completionCallbacks: [{ nexus: { url: 'http://example.com/callback' } }] },
      { completionCallbacks: [{ nexus: { url: 'ftp://example.com' } }] },
      { completionCallbacks: [{}] },
      { onConflictOptions: { attachCompletionCallbacks: true } },
      { input: big(2 * 1024 * 1024 + 1) },
      { memo: { fields: { big: (big(2 * 1024 * 1024 + 1) as { payloads: object[] }).payloads[0] } } },
      { namespace: '' },
      { namespace: 'nowhere' },
    ];
    for (const change of changes) {
      await scene.attempt('StartWorkflowExecution', scene.startRequest('w', change));
      await scene
        .quietly('TerminateWorkflowExecution', { workflowExecution: scene.execution('w') })
        .catch(() => undefined);
    }
  },

  'signal with start': async (scene) => {
    const request = (signalName: string, more: object = {}): object =>
      scene.startRequest('w', { signalName, signalInput: payloads(signalName), input: payloads('in'), ...more });
    await scene.attempt('SignalWithStartWorkflowExecution', request('first'));
    await scene.attempt('SignalWithStartWorkflowExecution', request('second'));
    await scene.history('w');
    await scene.answer('w', [completeWorkflow()]);
    const reject = { workflowIdReusePolicy: 'WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE' };
    await scene.attempt('SignalWithStartWorkflowExecution', request('third', reject));
    await scene.attempt('SignalWithStartWorkflowExecution', request('fourth'));
    await scene.history('w');
    const terminate = { workflowIdConflictPolicy: 'WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING' };
    await scene.attempt('SignalWithStartWorkflowExecution', request('fifth', terminate));
    await scene.history('w');
  },

  'the same signal with start twice': async (scene) => {
    const request = scene.startRequest('w', { signalName: 'once', requestId: randomUUID() });
    await scene.attempt('SignalWithStartWorkflowExecution', request);
    await scene.attempt('SignalWithStartWorkflowExecution', request);
    await scene.history('w');
  },

  'what a signal with start must not be': async (scene) => {
    for (const change of [
      { signalName: '' },
      { signalName: TOO_LONG },
      { workflowType: undefined },
      { requestId: TOO_LONG },
      { workflowIdConflictPolicy: 'WORKFLOW_ID_CONFLICT_POLICY_FAIL' },
      { cronSchedule: 'at noon' },
      { signalInput: big(2 * 1024 * 1024 + 1) },
      { workflowRunTimeout: seconds(-1) },
    ]) {
      const request = scene.startRequest('w', { signalName: 'signal', ...change });
      await scene.attempt('SignalWithStartWorkflowExecution', request);
    }
  },

  'run and execution timeouts': async (scene) => {
    await scene.start('run', { workflowRunTimeout: seconds(1) });
    await scene.start('execution', { workflowExecutionTimeout: seconds(1) });
    await scene.start('during-a-task', { workflowRunTimeout: seconds(1) });
    await scene.task('during-a-task');
    await scene.signal('during-a-task', 'held back');
    for (const name of ['run', 'execution', 'during-a-task']) {
      await scene.until(name, 'EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT');
      await scene.history(name);
      await scene.describe(name);
    }
  },
});
