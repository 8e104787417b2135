import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageType } from './codec.ts';
import { EventType, ResourceExhaustedCause, WorkflowTaskFailedCause } from './generated/enums.ts';
import { findMethod, methodsOf, ServiceName } from './services.ts';
import { encodeStatusDetails } from './status-details.ts';

test('methods have their path, types and streams', () => {
  const [info] = methodsOf(ServiceName.Workflow).filter((method) => method.name === 'GetSystemInfo');
  assert.deepEqual(info, {
    path: '/temporal.api.workflowservice.v1.WorkflowService/GetSystemInfo',
    service: 'temporal.api.workflowservice.v1.WorkflowService',
    name: 'GetSystemInfo',
    requestType: 'temporal.api.workflowservice.v1.GetSystemInfoRequest',
    replyType: 'temporal.api.workflowservice.v1.GetSystemInfoResponse',
    requestStream: false,
    replyStream: false,
  });
  assert.deepEqual(findMethod('/temporal.api.workflowservice.v1.WorkflowService/GetSystemInfo'), info);
  assert.equal(findMethod('/temporal.api.workflowservice.v1.WorkflowService/Nope'), undefined);
  const streams = methodsOf(ServiceName.Health).map((method) => [
    method.name,
    method.requestStream,
    method.replyStream,
  ]);
  assert.deepEqual(streams, [
    ['Check', false, false],
    ['Watch', false, true],
  ]);
  const [reflect] = methodsOf(ServiceName.ReflectionV1alpha);
  assert.deepEqual([reflect?.requestStream, reflect?.replyStream], [true, true]);
});

test('every service is whole and every type of its methods is known', () => {
  const counts = Object.values(ServiceName).map((service) => methodsOf(service).length);
  assert.deepEqual(counts, [123, 12, 6, 2, 1, 1]);
  for (const service of Object.values(ServiceName)) {
    for (const method of methodsOf(service)) {
      assert.equal(messageType(method.requestType).encode({}).length, 0);
      assert.equal(messageType(method.replyType).encode({}).length, 0);
    }
  }
});

test('enums have short names', () => {
  assert.equal(EventType.ActivityTaskScheduled, 10);
  assert.equal(WorkflowTaskFailedCause.UnhandledCommand, 1);
  assert.equal(ResourceExhaustedCause.BusyWorkflow, 5);
});

test('a refusal becomes google.rpc.Status with its detail', () => {
  const bytes = encodeStatusDetails({
    status: 8,
    message: 'busy',
    detail: { type: 'ResourceExhaustedFailure', value: { cause: 5, scope: 1 } },
  });
  const status = messageType('google.rpc.Status').decode(bytes);
  assert.equal(status.code, 8);
  assert.equal(status.message, 'busy');
  assert.equal(status.details?.length, 1);
  assert.equal(
    status.details?.[0]?.typeUrl,
    'type.googleapis.com/temporal.api.errordetails.v1.ResourceExhaustedFailure',
  );
  assert.deepEqual(status.details?.[0]?.value, Uint8Array.of(0x08, 5, 0x10, 1));
});

test('a refusal without detail has none, and a detail that does not exist is a bug', () => {
  const status = messageType('google.rpc.Status').decode(encodeStatusDetails({ status: 3, message: 'no' }));
  assert.deepEqual(status.details, []);
  assert.throws(
    () => encodeStatusDetails({ status: 3, message: 'no', detail: { type: 'Odd', value: {} } }),
    /no such message type/,
  );
});
