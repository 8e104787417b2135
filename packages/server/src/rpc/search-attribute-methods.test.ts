import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRejection } from '@perdure/core';
import { IndexedValueType } from '@perdure/proto/enums';
import { refusalOf, TestServer } from './testing.ts';

const { Bool, Int, Keyword } = IndexedValueType;

async function customAttributes(server: TestServer): Promise<object> {
  const reply = await server.operate('ListSearchAttributes', {});
  if (isRejection(reply)) throw new Error(reply.message);
  return reply.customAttributes ?? {};
}

test('attributes are added and removed by name; what is known already, or not at all, is passed over', async () => {
  const server = await TestServer.start();
  await server.operate('AddSearchAttributes', { searchAttributes: { Region: Keyword, Size: Int } });
  await server.operate('AddSearchAttributes', { searchAttributes: { Region: Bool } });
  assert.deepEqual(await customAttributes(server), { Region: Keyword, Size: Int });
  const removed = await server.operate('RemoveSearchAttributes', { searchAttributes: ['Region', 'Unknown'] });
  assert.deepEqual(removed, {});
  assert.deepEqual(await customAttributes(server), { Size: Int });
  const again = await TestServer.start({ store: server.store });
  assert.deepEqual(await customAttributes(again), { Size: Int });
});

test('the values of an attribute that is removed are shown no more', async () => {
  const server = await TestServer.start({
    searchAttributes: new Map([
      ['Region', 'Keyword'],
      ['City', 'Keyword'],
    ]),
  });
  const value = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('"x"') };
  await server.ok('StartWorkflowExecution', {
    ...{ workflowId: 'w', workflowType: { name: 'T' }, taskQueue: { name: 'q' } },
    searchAttributes: { indexedFields: { Region: value, City: value } },
  });
  await server.operate('RemoveSearchAttributes', { searchAttributes: ['Region'] });
  const { executions = [] } = await server.ok('ListWorkflowExecutions', {});
  assert.deepEqual(Object.keys(executions[0]?.searchAttributes?.indexedFields ?? {}), ['City']);
});

test('the older method names the built-in attributes and the fields of the others', async () => {
  const server = await TestServer.start();
  const { keys = {} } = await server.ok('GetSearchAttributes', {});
  assert.equal(keys['WorkflowId'], Keyword);
  assert.equal(keys['Keyword10'], Keyword);
  assert.equal(keys['Int04'], undefined);
});

/** Answers of Temporal's server. */
const REFUSED = [
  ['AddSearchAttributes', { namespace: '', searchAttributes: { X: Int } }, 'Namespace is not set on request.'],
  ['RemoveSearchAttributes', { namespace: '', searchAttributes: ['X'] }, 'Namespace is not set on request.'],
  ['ListSearchAttributes', { namespace: '' }, 'Namespace is not set on request.'],
  ['ListSearchAttributes', { namespace: 'nowhere' }, 'Namespace nowhere is not found.'],
  ['AddSearchAttributes', {}, 'SearchAttributes are not set on request.'],
  ['RemoveSearchAttributes', {}, 'SearchAttributes are not set on request.'],
  [
    'AddSearchAttributes',
    { searchAttributes: { WorkflowId: Int } },
    'Search attribute WorkflowId is reserved by system.',
  ],
  [
    'AddSearchAttributes',
    { searchAttributes: { TemporalX: Int } },
    'Search attribute TemporalX is reserved by system.',
  ],
  ['AddSearchAttributes', { searchAttributes: { X: 99 } }, 'Unknown search attribute type: 99.'],
  [
    'RemoveSearchAttributes',
    { searchAttributes: ['WorkflowId'] },
    'Unable to remove non-custom search attributes: WorkflowId.',
  ],
  [
    'RemoveSearchAttributes',
    { searchAttributes: ['Keyword01'] },
    'Unable to remove non-custom search attributes: Keyword01.',
  ],
  [
    'AddSearchAttributes',
    { searchAttributes: { A: Int, B: Int, C: Int, D: Int } },
    'Unable to create search attributes: cannot have more than 3 search attribute of type Int.',
  ],
] as const;

test('what cannot be is refused', async () => {
  const server = await TestServer.start();
  for (const [method, request, message] of REFUSED) {
    assert.equal(refusalOf(await server.operate(method, request as never)).message, message, message);
  }
  assert.deepEqual(await customAttributes(server), {});
});
