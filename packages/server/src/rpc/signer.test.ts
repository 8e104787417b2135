import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { Signer, SIGNATURE_BYTES } from './signer.ts';

test('signatures are the beginning of an HMAC-SHA256, whatever the length of what is signed', () => {
  const key = Uint8Array.from({ length: 32 }, (_, index) => index * 7);
  const signer = new Signer(key);
  for (const length of [0, 1, 130, 5_000, 3]) {
    const body = new Uint8Array(length).fill(length % 251);
    const hmac = createHmac('sha256', key).update(Uint8Array.of(1, 2)).update(body).digest('latin1');
    assert.equal(signer.sign([1, 2], body), hmac.slice(0, SIGNATURE_BYTES));
    assert.ok(signer.isSignature(hmac.slice(0, SIGNATURE_BYTES), [1, 2], body));
    assert.ok(!signer.isSignature(hmac.slice(0, SIGNATURE_BYTES), [1, 3], body));
  }
});
