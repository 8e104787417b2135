import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reject } from '@perdure/core';
import { encodeHistoryEvent, plain } from '@perdure/proto';
import type { CallContext, Handler } from '../rpc/handler.ts';
import { CallEnd } from './call.ts';
import { InProcessCaller } from './in-process.ts';

const DESCRIBE = '/temporal.api.workflowservice.v1.WorkflowService/DescribeNamespace';
const POLL = '/temporal.api.workflowservice.v1.WorkflowService/PollWorkflowTaskQueue';
const COMPLETE = '/temporal.api.workflowservice.v1.WorkflowService/RespondWorkflowTaskCompleted';

function caller(handlers: Record<string, Handler>): InProcessCaller {
  return new InProcessCaller(new Map(Object.entries(handlers)));
}

test('a call brings the message itself to the handler, and the reply back', async () => {
  const inProcess = caller({
    [DESCRIBE]: ({ namespace }: { namespace: string }, { headers, deadlineMs }) => ({
      message: { namespaceInfo: { name: `${namespace} ${headers.get('a')} ${deadlineMs}` } },
    }),
  });
  const reply = await inProcess.call(DESCRIBE, { namespace: 'n' }, { headers: new Map([['a', 'b']]), deadlineMs: 5 });
  assert.deepEqual(plain(reply), { kind: 'reply', message: { namespaceInfo: { name: 'n b 5' } } });
});

test('requests and replies read as decoded ones do', async () => {
  const inProcess = caller({
    [DESCRIBE]: ({ namespace, id }: { namespace?: string; id?: string }) => ({
      message: { namespaceInfo: { name: `${namespace}|${id}` } },
    }),
  });
  const reply = await inProcess.call(DESCRIBE, { namespace: 'n' });
  assert.ok(reply.kind === 'reply');
  assert.equal(reply.message.namespaceInfo?.name, 'n|');
  assert.equal(reply.message.namespaceInfo?.description, '');
});

test('an encoded history is decoded where it belongs', async () => {
  const history = { slices: [encodeHistoryEvent({ eventId: 1 }), encodeHistoryEvent({ eventId: 2 })] };
  const inProcess = caller({
    [POLL]: () => ({ message: { attempt: 1 }, history }),
    [COMPLETE]: () => ({
      message: { workflowTask: { attempt: 2 } },
      history: { ...history, path: ['workflowTask', 'history'] },
    }),
  });
  const events = [{ eventId: 1 }, { eventId: 2 }];
  assert.deepEqual(plain(await inProcess.call(POLL, {})), {
    kind: 'reply',
    message: { attempt: 1, history: { events } },
  });
  assert.deepEqual(plain(await inProcess.call(COMPLETE, {})), {
    kind: 'reply',
    message: { workflowTask: { attempt: 2, history: { events } } },
  });
});

test('refusals are values, exceptions are passed on, and what has no handler is unimplemented', async () => {
  const refusal = reject.namespaceNotFound('n');
  const inProcess = caller({
    [DESCRIBE]: () => refusal,
    [POLL]: () => {
      throw new Error('bug');
    },
  });
  assert.equal(await inProcess.call(DESCRIBE, {}), refusal);
  await assert.rejects(inProcess.call(POLL, {}), /bug/);
  const unserved = await inProcess.call(COMPLETE, {});
  assert.ok(unserved.kind === 'rejection');
  assert.deepEqual(
    [unserved.status, unserved.message],
    [12, 'unknown method RespondWorkflowTaskCompleted for service temporal.api.workflowservice.v1.WorkflowService'],
  );
});

test('an aborted call aborts its signal, and gives back what its reply held', async () => {
  const controller = new AbortController();
  let returned = 0;
  let seen: CallContext | undefined;
  const inProcess = caller({
    [POLL]: (_request, context) => {
      seen = context;
      context.onUndelivered(() => (returned += 1));
      return new Promise((resolve) => context.signal.addEventListener('abort', () => resolve({ message: {} })));
    },
  });
  const reply = inProcess.call(POLL, {}, { signal: controller.signal });
  controller.abort();
  assert.deepEqual(await reply, reject.canceled('context canceled'));
  assert.equal(seen?.signal.reason, CallEnd.Canceled);
  assert.equal(returned, 1);
});

test('a call with an aborted signal begins aborted', async () => {
  const inProcess = caller({ [POLL]: (_request, { signal }) => ({ message: { attempt: signal.aborted ? 1 : 2 } }) });
  assert.equal((await inProcess.call(POLL, {}, { signal: AbortSignal.abort() })).kind, 'rejection');
});
