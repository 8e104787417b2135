import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMarkdown } from './markdown.ts';

test('headings, lists, code, emphasis and links', () => {
  const blocks = readMarkdown(
    '# Plan\nfor **Ada** and _all_\n\n- see [the log](https://example.com/a)\n- `npm i`\n```\n<b>\n```',
  );
  assert.deepEqual(
    blocks.map((block) => block.kind),
    ['heading', 'paragraph', 'item', 'item', 'code'],
  );
  assert.deepEqual(blocks[1], {
    kind: 'paragraph',
    inlines: [
      { kind: 'text', text: 'for ' },
      { kind: 'strong', text: 'Ada' },
      { kind: 'text', text: ' and ' },
      { kind: 'emphasis', text: 'all' },
    ],
  });
  assert.deepEqual(blocks[4], { kind: 'code', text: '<b>' });
});

test('an address that runs a script stays text', () => {
  const text = '[click](javascript:alert)';
  assert.deepEqual(readMarkdown(text), [{ kind: 'paragraph', inlines: [{ kind: 'text', text }] }]);
});
