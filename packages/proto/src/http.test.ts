import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { httpBindings, setPathField, setQueryFields } from './http.ts';

const HISTORY = 'temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryRequest';
const TIMES = 'temporal.api.workflowservice.v1.ListScheduleMatchingTimesRequest';
const REACHABILITY = 'temporal.api.workflowservice.v1.GetWorkerTaskReachabilityRequest';

function query(type: string, text: string, bound: string[] = []): object {
  const message = {};
  setQueryFields(type, message, new URLSearchParams(text), new Set(bound));
  return message;
}

test('methods have the paths that the protocol gives them', () => {
  const templates = httpBindings()
    .filter(({ method }) => method.name === 'RespondActivityTaskCompletedById')
    .map(({ verb, template, hasBody }) => [verb, template, hasBody]);
  assert.deepEqual(templates, [
    ['POST', '/namespaces/{namespace}/activities/{activity_id}/complete', true],
    ['POST', '/api/v1/namespaces/{namespace}/activities/{activity_id}/complete', true],
    ['POST', '/namespaces/{namespace}/workflows/{workflow_id}/activities/{activity_id}/complete', true],
    ['POST', '/api/v1/namespaces/{namespace}/workflows/{workflow_id}/activities/{activity_id}/complete', true],
  ]);
  assert.equal(new Set(httpBindings().map(({ verb, template }) => `${verb} ${template}`)).size, 231);
});

test('a path sets the field that it names, over what the body said', () => {
  const message = { execution: { workflowId: 'other', runId: 'r' } };
  setPathField(HISTORY, message, { path: ['execution', 'workflow_id'], value: 'w' });
  setPathField(HISTORY, message, { path: ['namespace'], value: 'n' });
  assert.deepEqual(message, { execution: { workflowId: 'w', runId: 'r' }, namespace: 'n' });
});

describe('a query', () => {
  test('names fields as JSON or as the protocol does', () => {
    assert.deepEqual(query(HISTORY, 'maximumPageSize=5&wait_new_event=true&execution.run_id=r&nextPageToken=-_8='), {
      maximumPageSize: 5,
      waitNewEvent: true,
      execution: { runId: 'r' },
      nextPageToken: new Uint8Array([0xfb, 0xff]),
    });
    assert.deepEqual(query(HISTORY, 'historyEventFilterType=HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT'), {
      historyEventFilterType: 2,
    });
    assert.deepEqual(query(HISTORY, 'historyEventFilterType=2'), { historyEventFilterType: 2 });
  });

  test('has times, and repeats what is a list', () => {
    assert.deepEqual(query(TIMES, 'startTime=1970-01-01T00:00:01Z'), { startTime: { seconds: 1, nanos: 0 } });
    assert.deepEqual(query(REACHABILITY, 'buildIds=a&build_ids=b'), { buildIds: ['a', 'b'] });
  });

  test('does not say again what the path said, nor what nobody knows', () => {
    assert.deepEqual(
      query(HISTORY, 'namespace=x&execution.workflowId=y&bogus=1&execution.bogus=2', [
        'namespace',
        'execution.workflow_id',
      ]),
      {},
    );
  });

  test('is refused in the words of grpc-gateway', () => {
    const refusals: [type: string, text: string, message: string][] = [
      [
        HISTORY,
        'maximumPageSize=x',
        'parsing field "maximum_page_size": strconv.ParseInt: parsing "x": invalid syntax',
      ],
      [
        HISTORY,
        'maximumPageSize=99999999999',
        'parsing field "maximum_page_size": strconv.ParseInt: parsing "99999999999": value out of range',
      ],
      [HISTORY, 'maximumPageSize=1&maximumPageSize=2', 'too many values for field "maximum_page_size": 1, 2'],
      [
        HISTORY,
        'waitNewEvent=maybe',
        'parsing field "wait_new_event": strconv.ParseBool: parsing "maybe": invalid syntax',
      ],
      [HISTORY, 'historyEventFilterType=99', 'parsing field "history_event_filter_type": "99" is not a valid value'],
      [
        HISTORY,
        'historyEventFilterType=CloseEvent',
        'parsing field "history_event_filter_type": "CloseEvent" is not a valid value',
      ],
      [
        HISTORY,
        'execution=3',
        'parsing field "execution": unsupported message type: "temporal.api.common.v1.WorkflowExecution"',
      ],
      [HISTORY, 'execution.runId.x=3', 'invalid path: "runId" is not a message'],
      [HISTORY, 'nextPageToken=-', 'parsing field "next_page_token": illegal base64 data'],
      [TIMES, 'startTime=soon', 'parsing field "start_time": invalid timestamp "soon"'],
    ];
    for (const [type, text, message] of refusals) assert.throws(() => query(type, text), { message }, text);
  });
});
