import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  emptyNamespaceForm,
  namespaceFormOf,
  namespaceProblem,
  registerRequest,
  retentionText,
} from './namespace-form.ts';

test('retention is told in the largest unit that is whole', () => {
  assert.deepEqual(['86400s', '259200s', '129600s', '90s'].map(retentionText), ['1d', '3d', '36h', '90s']);
});

test('a namespace as the form shows it, and a form as the request that it is', () => {
  const form = namespaceFormOf({
    namespaceInfo: { name: 'shop', description: 'the shop', data: { team: 'till' } },
    config: { workflowExecutionRetentionTtl: '604800s' },
  });
  assert.deepEqual(registerRequest(form), {
    namespace: 'shop',
    workflowExecutionRetentionPeriod: '604800s',
    description: 'the shop',
    ownerEmail: '',
    data: { team: 'till' },
  });
});

test('what is wrong with it', () => {
  const form = { ...emptyNamespaceForm, name: 'shop' };
  assert.equal(namespaceProblem(form), undefined);
  assert.equal(namespaceProblem({ ...form, name: ' ' }), 'name');
  assert.equal(namespaceProblem({ ...form, retention: 'long' }), 'retention');
  assert.equal(namespaceProblem({ ...form, data: '{"n":1}' }), 'data');
});
