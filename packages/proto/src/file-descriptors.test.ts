import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileDescriptors, fileNameOf } from './file-descriptors.ts';

const files = fileDescriptors();
const byName = new Map(files.map((file) => [file.name, file]));

test('every package is one file whose dependencies exist and do not lead back', () => {
  const open = new Set<string | undefined>();
  const visit = (name: string | undefined): void => {
    assert.ok(!open.has(name), `${name} depends on itself`);
    const file = byName.get(name);
    assert.ok(file, `${name} is missing`);
    open.add(name);
    for (const dependency of file.dependency ?? []) visit(dependency);
    open.delete(name);
  };
  for (const file of files) visit(file.name);
  assert.equal(byName.size, files.length);
});

test('fields, maps, oneofs and nested types are described as protoc does', () => {
  const common = byName.get('temporal/api/common/v1.proto');
  const payload = common?.messageType?.find((message) => message.name === 'Payload');
  assert.deepEqual(payload?.field?.[0], {
    name: 'metadata',
    jsonName: 'metadata',
    number: 1,
    label: 3,
    type: 11,
    typeName: '.temporal.api.common.v1.Payload.MetadataEntry',
  });
  assert.deepEqual(
    payload?.nestedType?.map((nested) => nested.name),
    ['ExternalPayloadDetails', 'MetadataEntry'],
  );
  assert.deepEqual(payload?.nestedType?.[1]?.options, { mapEntry: true });
  const link = common?.messageType?.find((message) => message.name === 'Link');
  assert.deepEqual(link?.oneofDecl, [{ name: 'variant' }]);
  assert.equal(link?.field?.[0]?.oneofIndex, 0);
  const event = link?.nestedType?.find((nested) => nested.name === 'WorkflowEvent');
  assert.deepEqual(event?.field?.map((field) => field.name).slice(0, 3), ['namespace', 'workflow_id', 'run_id']);
});

test('services and enums are described', () => {
  const health = byName.get('grpc/health/v1.proto');
  assert.deepEqual(health?.service?.[0]?.method?.[1], {
    name: 'Watch',
    inputType: '.grpc.health.v1.HealthCheckRequest',
    outputType: '.grpc.health.v1.HealthCheckResponse',
    clientStreaming: false,
    serverStreaming: true,
  });
  const response = health?.messageType?.find((message) => message.name === 'HealthCheckResponse');
  assert.deepEqual(response?.enumType?.[0]?.value?.[1], { name: 'SERVING', number: 1 });
});

test('symbols are found in their file', () => {
  const service = 'temporal.api.workflowservice.v1.WorkflowService';
  assert.equal(fileNameOf(service), 'temporal/api/workflowservice/v1.proto');
  assert.equal(fileNameOf(`${service}.GetSystemInfo`), 'temporal/api/workflowservice/v1.proto');
  assert.equal(fileNameOf('temporal.api.common.v1.Link.WorkflowEvent'), 'temporal/api/common/v1.proto');
  assert.equal(fileNameOf('temporal.api.enums.v1.EventType'), 'temporal/api/enums/v1.proto');
  assert.equal(fileNameOf(`${service}.Nope`), undefined);
  assert.equal(fileNameOf('Nope'), undefined);
});
