import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHttpRequest } from './http-request.ts';

test('fields of the path go to the path, percent-encoded; the others of a read to the query', () => {
  const request = toHttpRequest('GET /namespaces/{namespace}/workflows/{execution.workflowId}/history', {
    namespace: 'default',
    execution: { workflowId: 'a/b c?🙂"', runId: 'run-1' },
    waitNewEvent: true,
    maximumPageSize: 100,
    nextPageToken: undefined,
  });
  assert.deepEqual(request, {
    method: 'GET',
    path: '/namespaces/default/workflows/a%2Fb%20c%3F%F0%9F%99%82%22/history?waitNewEvent=true&maximumPageSize=100&execution.runId=run-1',
    body: undefined,
  });
});

test('the body of a write has what the path has not', () => {
  const request = toHttpRequest(
    'POST /namespaces/{namespace}/workflows/{workflowExecution.workflowId}/signal/{signalName}',
    {
      namespace: 'default',
      workflowExecution: { workflowId: 'w', runId: 'r' },
      signalName: 'go',
      identity: 'me',
    },
  );
  assert.deepEqual(request.body, { workflowExecution: { runId: 'r' }, identity: 'me' });
  assert.equal(request.path, '/namespaces/default/workflows/w/signal/go');
});

test('a lacking field of the path is an error, not a path that means something else', () => {
  assert.throws(() => toHttpRequest('GET /namespaces/{namespace}', { namespace: '' }), /needs namespace/);
});
