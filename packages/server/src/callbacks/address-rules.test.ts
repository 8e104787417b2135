import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressRefusal, parseAddressRules } from './address-rules.ts';

const rules = parseAddressRules([
  { Pattern: 'secure.example.com' },
  { pattern: '*.local:8080', allowInsecure: true },
  { Pattern: '' },
  'no rule',
]);

test('only the server itself may be called back without a rule', () => {
  for (const url of ['temporal://system', 'temporal://internal']) assert.equal(addressRefusal(url, []), undefined);
  const refusal = addressRefusal('http://example.com/callback', [])?.message;
  assert.equal(refusal, 'invalid url: url does not match any configured callback address: http://example.com/callback');
});

test('rules match host and port, and say whether plain HTTP will do', () => {
  assert.ok(rules);
  const message = (url: string) => addressRefusal(url, rules)?.message;
  assert.equal(message('https://secure.example.com/a'), undefined);
  assert.equal(message('http://a.b.local:8080/a'), undefined);
  const insecure = 'invalid url: callback address does not allow insecure connections: http://secure.example.com';
  assert.equal(message('http://secure.example.com'), insecure);
  for (const url of ['http://a.local', 'http://xsecure.example.com', 'http://secureXexample.com']) {
    assert.equal(message(url), `invalid url: url does not match any configured callback address: ${url}`);
  }
  assert.equal(
    message('http://secure.example.com@evil.example'),
    'invalid url: url does not match any configured callback address: http://secure.example.com@evil.example',
  );
  assert.equal(message('ftp://example.com'), 'invalid url: unknown scheme: ftp://example.com');
  assert.equal(message('http:///path'), 'invalid url: missing host');
});

test('what is no list is refused', () => {
  assert.equal(parseAddressRules({ Pattern: '*' }), undefined);
});
