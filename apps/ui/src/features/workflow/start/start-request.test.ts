import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyForm, startRequest } from './start-request.ts';

const decode = (data: string | undefined) => Buffer.from(data ?? '', 'base64').toString();

test('each argument is a payload; what is left empty is not sent', () => {
  const form = {
    ...emptyForm,
    workflowId: 'w',
    type: 'T',
    taskQueue: 'q',
    args: [{ text: '{"a":1}' }, { text: '' }, { text: '2' }],
  };
  const request = startRequest('default', form, {});
  assert.deepEqual(
    request.input?.payloads?.map(({ data }) => decode(data)),
    ['{"a":1}', '2'],
  );
  assert.equal(request.workflowExecutionTimeout, undefined);
  assert.equal(request.memo, undefined);
});

test('search attributes carry their registered type, durations are read as people write them', () => {
  const form = { ...emptyForm, searchAttributes: '{"Priority":3}', executionTimeout: '1h30m' };
  const request = startRequest('default', form, { Priority: 'INDEXED_VALUE_TYPE_INT' });
  const attribute = request.searchAttributes?.indexedFields?.Priority;
  assert.equal(decode(attribute?.metadata?.type), 'Int');
  assert.equal(decode(attribute?.data), '3');
  assert.equal(request.workflowExecutionTimeout, '5400s');
});

test('a message of Protocol Buffers says which one it is', () => {
  const form = {
    ...emptyForm,
    args: [{ text: '{"id":"7"}' }],
    encoding: 'json/protobuf',
    messageType: 'v1.Order',
  } as const;
  const [payload] = startRequest('default', form, {}).input?.payloads ?? [];
  assert.equal(decode(payload?.metadata?.encoding), 'json/protobuf');
  assert.equal(decode(payload?.metadata?.messageType), 'v1.Order');
});

test('what is no value is refused in words', () => {
  assert.throws(() => startRequest('default', { ...emptyForm, runTimeout: 'soon' }, {}), /soon is no duration/);
  assert.throws(() => startRequest('default', { ...emptyForm, memo: '[1]' }, {}), /A JSON object is needed/);
});
