import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandType, EventType, WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { Command, Payload } from '@perdure/proto/types';
import type { Limits } from '../../kernel/limits.ts';
import { Bench, payloadsOf } from '../testing.ts';

function json(value: unknown, type?: string): Payload {
  const encode = (text: string) => new TextEncoder().encode(text);
  const metadata = { encoding: encode('json/plain'), ...(type !== undefined && { type: encode(type) }) };
  return { metadata, data: encode(JSON.stringify(value)) };
}

const NULL: Payload = { metadata: { encoding: new TextEncoder().encode('binary/null') } };

function upsert(indexedFields: Record<string, Payload>): Command {
  return {
    commandType: CommandType.UpsertWorkflowSearchAttributes,
    upsertWorkflowSearchAttributesCommandAttributes: { searchAttributes: { indexedFields } },
  };
}

function modify(fields: Record<string, Payload>): Command {
  return {
    commandType: CommandType.ModifyWorkflowProperties,
    modifyWorkflowPropertiesCommandAttributes: { upsertedMemo: { fields } },
  };
}

function started(limits: Partial<Limits> = {}): Bench {
  const bench = new Bench({ limits });
  bench.start({
    memo: { fields: { a: json('1'), b: json('2') } },
    searchAttributes: { indexedFields: { Colour: json('red', 'Keyword'), Tags: json(['x'], 'KeywordList') } },
  });
  bench.effects = bench.effects.filter(({ kind }) => kind !== 'indexVisibility');
  return bench;
}

test('search attributes are set and removed, and visibility sees it', () => {
  const bench = started();
  bench.complete([upsert({ Colour: json('blue', 'Keyword'), Tags: json([], 'KeywordList'), Size: json(3, 'Int') })]);
  assert.deepEqual(bench.history(5), ['5 UpsertWorkflowSearchAttributes']);
  assert.deepEqual(bench.run.lifecycle.searchAttributes, {
    indexedFields: {
      BuildIds: json(['unversioned'], 'KeywordList'),
      Colour: json('blue', 'Keyword'),
      Size: json(3, 'Int'),
    },
  });
  const [effect] = bench.effects;
  assert.equal(effect?.kind, 'indexVisibility');
  assert.deepEqual(
    [...(effect?.kind === 'indexVisibility' ? effect.record.values : [])],
    [
      ['Colour', 'blue'],
      ['BuildIds', ['unversioned']],
      ['Size', 3],
    ],
  );
});

test('fields of the memo are set and removed, and visibility sees it', () => {
  const bench = started();
  bench.complete([modify({ a: NULL, b: json([]), c: json('3') })]);
  assert.deepEqual(bench.history(5), ['5 WorkflowPropertiesModified']);
  assert.deepEqual(bench.run.lifecycle.memo, { fields: { c: json('3') } });
  const recorded = bench.last(EventType.WorkflowPropertiesModified).workflowPropertiesModifiedEventAttributes;
  assert.deepEqual(Object.keys(recorded?.upsertedMemo?.fields ?? {}), ['a', 'b', 'c']);
  assert.deepEqual(
    bench.effects.map((effect) => effect.kind === 'indexVisibility' && effect.record.memo),
    [{ fields: { c: json('3') } }],
  );
});

test('the last field takes the memo with it', () => {
  const bench = started();
  bench.complete([modify({ a: NULL, b: NULL })]);
  assert.equal(bench.run.lifecycle.memo, undefined);
});

test('commands that cannot be carried out fail the workflow task', () => {
  const upsertOn = 'UpsertWorkflowSearchAttributesCommand';
  const modifyOn = 'ModifyWorkflowPropertiesCommand';
  const memo = 'BadModifyWorkflowPropertiesAttributes';
  const cases: [Command, string][] = [
    [
      { commandType: CommandType.UpsertWorkflowSearchAttributes },
      `BadSearchAttributes: ${upsertOn}Attributes is not set on ${upsertOn}.`,
    ],
    [upsert({}), `BadSearchAttributes: IndexedFields is not set on ${upsertOn}.`],
    [upsert({ RunId: json('x') }), "BadSearchAttributes: RunId attribute can't be set in SearchAttributes"],
    [
      upsert({ Size: json('three', 'Int') }),
      'BadSearchAttributes: invalid value for search attribute Size of type Int: three',
    ],
    [
      { commandType: CommandType.ModifyWorkflowProperties },
      `${memo}: ${modifyOn}Attributes is not set on ${modifyOn}.`,
    ],
    [
      { commandType: CommandType.ModifyWorkflowProperties, modifyWorkflowPropertiesCommandAttributes: {} },
      `${memo}: UpsertedMemo is not set on ${modifyOn}.`,
    ],
    [modify({}), `${memo}: UpsertedMemo.Fields is not set on ${modifyOn}.`],
  ];
  for (const [command, message] of cases) {
    const bench = started();
    assert.equal(bench.complete([command]).failure?.message, message);
    assert.equal(bench.run.lifecycle.status, WorkflowExecutionStatus.Running);
  }
});

test('what is too large, with what is there already, ends the run', () => {
  const large = payloadsOf(60).payloads?.[0] ?? {};
  const cases: [Command, Partial<Limits>, string][] = [
    [
      modify({ c: large }),
      { blobSizeBytesMax: 50 },
      'BadModifyWorkflowPropertiesAttributes: ModifyWorkflowPropertiesCommandAttributes exceeds size limit.',
    ],
    [
      modify({ c: large }),
      { memoSizeBytesMax: 70 },
      'BadModifyWorkflowPropertiesAttributes: ModifyWorkflowPropertiesCommandAttributes. Memo exceeds size limit.',
    ],
    [
      upsert({ Colour: json('x'.repeat(58), 'Keyword') }),
      { blobSizeBytesMax: 50 },
      'BadSearchAttributes: UpsertWorkflowSearchAttributesCommandAttributes exceeds size limit.',
    ],
    [
      upsert({ Colour: json('x'.repeat(58), 'Keyword') }),
      { searchAttributeValueSizeBytesMax: 50 },
      'BadSearchAttributes: search attribute Colour value size 60 exceeds size limit 50',
    ],
  ];
  for (const [command, limits, message] of cases) {
    const bench = started(limits);
    assert.equal(bench.complete([command]).failure?.message, message);
    assert.equal(bench.run.lifecycle.status, WorkflowExecutionStatus.Terminated);
  }
});
