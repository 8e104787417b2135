import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readIdentities } from './read-identities.ts';

const HASH = 'ab'.repeat(32);

test('callers by key and by certificate', () => {
  const [billing, worker, ...more] = readIdentities(
    'f',
    `identities:
- name: billing
  keySha256: ${HASH.toUpperCase()}
  permissions: ['billing:write', 'audit:read']
  expires: 2027-01-31T00:00:00Z
- {name: worker, certificate: worker.example, permissions: ['temporal-system:admin']}
`,
  );
  assert.deepEqual(more, []);
  assert.equal(billing?.keyHash, HASH);
  assert.equal(billing?.expiresAtMs, Date.UTC(2027, 0, 31));
  assert.deepEqual(billing && [...billing.permissions.namespaces.keys()], ['billing', 'audit']);
  assert.equal(worker?.certificateName, 'worker.example');
  assert.equal(worker?.expiresAtMs, undefined);
});

test('what is wrong is named with its place, all at once', () => {
  const text = `identities:
- {name: '', keySha256: abc, permissions: [billing], expires: soon, role: admin}
- {name: a, permissions: ['n:owner']}
- {name: b, certificate: x, permissions: ['n:read']}
- {name: c, certificate: x}
`;
  assert.throws(() => readIdentities('f', text), {
    message: [
      'f: identities[0].role is unknown; allowed: name, keySha256, certificate, permissions, expires',
      'identities[0].name must be a text',
      'identities[0].keySha256 must be the SHA-256 of a key, 64 hexadecimal digits',
      'identities[0].permissions: "billing" is not NAMESPACE:ROLE with one of read, write, admin',
      'identities[0].expires must be a time such as 2027-01-31T00:00:00Z',
      'identities[1] needs keySha256 or certificate',
      'identities[1].permissions: "n:owner" is not NAMESPACE:ROLE with one of read, write, admin',
      'identities[3].permissions must be a list of NAMESPACE:ROLE',
      'two identities have the same certificate',
    ].join('; '),
  });
  for (const other of ['', '[]', 'identities: 5', 'identities: []\nkeys: []', 'a: [']) {
    assert.throws(() => readIdentities('f', other), /^CommandError: f: /, other);
  }
});
