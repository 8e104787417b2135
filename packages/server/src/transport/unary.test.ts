import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reject } from '@perdure/core';
import { findMethod } from '@perdure/proto';
import type { CallContext } from '../rpc/handler.ts';
import { serveUnary } from './unary.ts';

const method = findMethod('/temporal.api.workflowservice.v1.WorkflowService/GetSystemInfo');

async function refused(message: string) {
  assert.ok(method);
  const handler = () => reject.notFound(message);
  const answer = await serveUnary(method, handler, new Uint8Array(), {} as CallContext, (error) =>
    assert.fail(String(error)),
  );
  assert.ok(answer.kind === 'status');
  return answer;
}

test('a refusal that is too long to travel is cut off between two characters', async () => {
  assert.equal((await refused('x'.repeat(4_000))).message, 'x'.repeat(4_000));
  const suffix = '... <truncated>';
  assert.equal((await refused('x'.repeat(4_001))).message, 'x'.repeat(3_985) + suffix);
  const wide = (await refused('€'.repeat(2_000))).message;
  assert.equal(wide, '€'.repeat(1_328) + suffix);
});
