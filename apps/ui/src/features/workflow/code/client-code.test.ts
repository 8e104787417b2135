import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientCode, type CodeFacts } from './client-code.ts';

const facts: CodeFacts = {
  address: 'localhost:7233',
  namespace: 'default',
  workflowId: `it's "odd"`,
  runId: 'r-1',
  type: 'Order',
  taskQueue: 'orders',
  args: [{ gold: true, note: null, items: ['a'] }],
};

test('the command quotes what a shell would take apart', () => {
  assert.equal(
    clientCode('cli', 'start', facts),
    [
      'perdure workflow start \\',
      `  --workflow-id 'it'\\''s "odd"' \\`,
      '  --type Order \\',
      '  --task-queue orders \\',
      `  --input '{"gold":true,"note":null,"items":["a"]}' \\`,
      '  --namespace default \\',
      '  --address localhost:7233',
      '',
    ].join('\n'),
  );
});

test('Python has its own words for true and nothing', () => {
  const code = clientCode('python', 'start', facts);
  assert.match(code, /args=\[\{"gold": True, "note": None, "items": \["a"\]\}\],/);
  assert.match(code, /id="it's \\"odd\\"",/);
});

test('TypeScript finds the very run', () => {
  const code = clientCode('typescript', 'terminate', facts);
  assert.match(code, /client\.workflow\.getHandle\("it's \\"odd\\"", "r-1"\);/);
});
