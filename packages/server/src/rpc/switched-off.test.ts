import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GrpcStatus } from '@perdure/core';
import type { WorkflowMethodName } from './served-method.ts';
import { refusalOf, TestServer } from './testing.ts';

const server = await TestServer.start();

async function refused(name: WorkflowMethodName, request: object = {}) {
  const { status, message } = refusalOf(await server.call(name, request));
  return `${status} ${message}`;
}

test('what the official server has switched off is refused in its words', async () => {
  const off = 'is disabled on this namespace.';
  const denied = GrpcStatus.PermissionDenied;
  assert.equal(
    await refused('GetWorkerBuildIdCompatibility'),
    `${denied} Worker versioning v0.1 (Version Set-based, deprecated) ${off}`,
  );
  assert.equal(
    await refused('GetWorkerVersioningRules'),
    `${denied} Worker versioning v0.2 (Rules-based, deprecated) ${off}`,
  );
  const unimplemented = GrpcStatus.Unimplemented;
  assert.equal(
    await refused('ListDeployments'),
    `${unimplemented} Deployments are deprecated and no longer supported, use Worker Deployments instead`,
  );
  assert.equal(await refused('ListWorkflowRules'), `${unimplemented} method ListWorkflowRules not supported`);
  assert.equal(await refused('FetchWorkerConfig'), `${unimplemented} FetchWorkerConfig command is not enabled.`);
});
