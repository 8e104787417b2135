import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Payload, SearchAttributes } from '@perdure/proto/types';
import { defaultLimits } from '../kernel/limits.ts';
import { encodeAttribute } from './attribute-payload.ts';
import type { AttributeType } from './attributes.ts';
import {
  type SearchAttributeRules,
  attributeValues,
  checkSearchAttributeSizes,
  checkSearchAttributes,
  listedSearchAttributes,
  mergeSearchAttributes,
  withAttributeTypes,
} from './search-attributes.ts';

const custom: ReadonlyMap<string, AttributeType> = new Map([
  ['CText', 'Text'],
  ['CKeyword', 'Keyword'],
  ['CInt', 'Int'],
  ['CDouble', 'Double'],
  ['CBool', 'Bool'],
  ['CDatetime', 'Datetime'],
  ['CKeywordList', 'KeywordList'],
]);
const rules: SearchAttributeRules = { namespace: 'default', custom, limits: defaultLimits };

function payload(data: string, encoding = 'json/plain', type?: string): Payload {
  const named = type === undefined ? {} : { type: Buffer.from(type) };
  return { metadata: { encoding: Buffer.from(encoding), ...named }, data: Buffer.from(data) };
}

function attributes(fields: Readonly<Record<string, string>>): SearchAttributes {
  return { indexedFields: Object.fromEntries(Object.entries(fields).map(([name, json]) => [name, payload(json)])) };
}

function refusal(fields: Readonly<Record<string, string>>): string | undefined {
  return checkSearchAttributes(attributes(fields), rules)?.message;
}

suite('attributes that a request may set', () => {
  const accepted: readonly (readonly [string, string])[] = [
    ['CKeyword', '"a"'],
    ['CKeyword', '["a"]'],
    ['CKeyword', 'null'],
    ['CKeyword', '[]'],
    ['CText', '"a b"'],
    ['CInt', '-7'],
    ['CInt', '[7]'],
    ['CInt', '9223372036854774784'],
    ['CDouble', '3'],
    ['CDouble', '-1e-3'],
    ['CBool', 'false'],
    ['CDatetime', '"2024-01-02T03:04:05.123456789Z"'],
    ['CKeywordList', '["a","b"]'],
    ['CKeywordList', '[null]'],
    ['CKeywordList', '[]'],
    ['BuildIds', '["a"]'],
    ['TemporalNamespaceDivision', '"D"'],
  ];
  for (const [name, json] of accepted) {
    test(`${name} ${json}`, () => assert.equal(refusal({ [name]: json }), undefined));
  }
  test('none', () => {
    assert.equal(checkSearchAttributes(undefined, rules), undefined);
    assert.equal(checkSearchAttributes({}, rules), undefined);
    const nothing = { indexedFields: { CKeyword: { metadata: { encoding: Buffer.from('binary/null') } } } };
    assert.equal(checkSearchAttributes(nothing, rules), undefined);
  });
});

suite('attributes that are refused, with the text of Temporal 1.31', () => {
  const refused: readonly (readonly [string, string, string])[] = [
    ['Foo', '1', 'Namespace default has no mapping defined for search attribute Foo'],
    ['WorkflowId', '"x"', "WorkflowId attribute can't be set in SearchAttributes"],
    ['TemporalWorkerDeployment', '"x"', "TemporalWorkerDeployment attribute can't be set in SearchAttributes"],
    ['CInt', '"x"', 'invalid value for search attribute CInt of type Int: x'],
    ['CInt', '1.5', 'invalid value for search attribute CInt of type Int: 1.5'],
    ['CInt', '1e3', 'invalid value for search attribute CInt of type Int: 1000'],
    ['CInt', '[1,2]', 'invalid value for search attribute CInt of type Int: [1 2]'],
    ['CInt', '99999999999999999999', 'invalid value for search attribute CInt of type Int: 1e+20'],
    ['CInt', '123456789.5', 'invalid value for search attribute CInt of type Int: 1.234567895e+08'],
    ['CInt', '0.00001', 'invalid value for search attribute CInt of type Int: 1e-05'],
    ['CBool', '1', 'invalid value for search attribute CBool of type Bool: 1'],
    ['CDouble', '"x"', 'invalid value for search attribute CDouble of type Double: x'],
    ['CDatetime', '"nope"', 'invalid value for search attribute CDatetime of type Datetime: nope'],
    ['CDatetime', '5', 'invalid value for search attribute CDatetime of type Datetime: 5'],
    ['CKeywordList', '"x"', 'invalid value for search attribute CKeywordList of type KeywordList: x'],
    ['CKeywordList', '[1]', 'invalid value for search attribute CKeywordList of type KeywordList: [1]'],
    ['CKeyword', '["x","y"]', 'invalid value for search attribute CKeyword of type Keyword: [x y]'],
    [
      'CKeyword',
      '{"b":1,"a":[true,null]}',
      'invalid value for search attribute CKeyword of type Keyword: map[a:[true <nil>] b:1]',
    ],
    [
      'CKeyword',
      '{bad',
      'invalid value for search attribute CKeyword of type Keyword: value from <metadata:{key:"encoding" value:"json/plain"} data:"{bad">',
    ],
  ];
  for (const [name, json, message] of refused) {
    test(`${name} ${json}`, () => assert.equal(refusal({ [name]: json }), message));
  }
  test('an encoding that is not JSON', () => {
    const text = 'invalid value for search attribute CKeyword of type Keyword: value from <';
    const one = (value: Payload) => checkSearchAttributes({ indexedFields: { CKeyword: value } }, rules)?.message;
    assert.equal(one({ data: Buffer.from('"a"') }), `${text}data:"\\"a\\"">`);
    assert.equal(one(payload('a', 'binary/plain')), `${text}metadata:{key:"encoding" value:"binary/plain"} data:"a">`);
  });
});

suite('limits', () => {
  test('keys', () => {
    const limits = { ...defaultLimits, searchAttributeKeysMax: 1 };
    const check = (fields: Record<string, string>) =>
      checkSearchAttributes(attributes(fields), { ...rules, limits })?.message;
    assert.equal(check({ CInt: '1' }), undefined);
    assert.equal(check({ CInt: '1', CBool: 'true' }), 'number of search attributes 2 exceeds limit 1');
  });
  const tooLarge = (text: string, limits = defaultLimits) =>
    checkSearchAttributeSizes(attributes({ CKeyword: JSON.stringify(text) }), limits)?.message;
  test('bytes of a value', () => {
    assert.equal(tooLarge('x'.repeat(2_046)), undefined);
    assert.equal(tooLarge('é'.repeat(1_023)), undefined);
    const message = 'search attribute CKeyword value size 2049 exceeds size limit 2048';
    assert.equal(tooLarge('x'.repeat(2_047)), message);
  });
  test('bytes of all', () => {
    const limits = { ...defaultLimits, searchAttributesSizeBytesMax: 100 };
    assert.equal(tooLarge('x'.repeat(20), limits), undefined);
    assert.match(
      tooLarge('x'.repeat(100), limits) ?? '',
      /^total size of search attributes \d+ exceeds size limit 100$/,
    );
    assert.equal(checkSearchAttributeSizes(undefined, limits), undefined);
  });
});

suite('attributes as queries compare them', () => {
  test('of each type', () => {
    const values = attributeValues(
      attributes({
        CText: '"Hello, World"',
        CKeyword: '"日本"',
        CInt: '[7]',
        CDouble: '1.5',
        CBool: 'true',
        CDatetime: '"1970-01-01T00:00:01Z"',
        CKeywordList: '["a",null]',
        BuildIds: '["b"]',
      }),
      custom,
    );
    assert.deepEqual(Object.fromEntries(values), {
      CText: ' hello world ',
      CKeyword: '日本',
      CInt: 7,
      CDouble: 1.5,
      CBool: true,
      CDatetime: 1_000,
      CKeywordList: ['a', ''],
      BuildIds: ['b'],
    });
  });
  test('what is null, unknown or not of its type is left out', () => {
    const values = attributeValues(attributes({ CInt: 'null', CBool: '1', CKeywordList: '[]', Foo: '1' }), custom);
    assert.equal(values.size, 0);
    assert.equal(attributeValues(undefined).size, 0);
  });
  test('without a registry, the payload says its type', () => {
    const fields = {
      A: payload('5', 'json/plain', 'Int'),
      B: payload('"x"', 'json/plain', 'Nonsense'),
      C: payload('5'),
    };
    assert.deepEqual([...attributeValues({ indexedFields: fields })], [['A', 5]]);
  });
});

/** Each with the type that it names, and its data. */
function texts(shown: SearchAttributes | undefined): readonly string[] {
  return Object.entries(shown?.indexedFields ?? {}).map(
    ([name, { metadata, data }]) =>
      `${name} ${Buffer.from(metadata?.['type'] ?? []).toString()} ${Buffer.from(data ?? []).toString()}`,
  );
}

suite('attributes as histories and descriptions show them', () => {
  test('as they were given, and with a type', () => {
    const given = { CKeyword: payload('["a"]'), CInt: payload('7', 'json/plain', 'Double'), Other: payload('1') };
    assert.deepEqual(texts(withAttributeTypes({ indexedFields: given }, custom)), [
      'CKeyword Keyword ["a"]',
      'CInt Double 7',
      'Other  1',
    ]);
  });
  test('none', () => {
    assert.equal(withAttributeTypes(undefined), undefined);
    assert.equal(withAttributeTypes({ indexedFields: {} }, custom), undefined);
  });
});

suite('attributes as lists show them', () => {
  const shown = (given: SearchAttributes | undefined) => texts(listedSearchAttributes(given, custom));
  test('with their types, without the list around one item', () => {
    const given = attributes({ CKeyword: '[ "é" ]', CInt: '7', CKeywordList: '["a"]', CBool: 'null' });
    assert.deepEqual(shown(given), ['CKeyword Keyword "\\u00e9"', 'CInt Int 7', 'CKeywordList KeywordList ["a"]']);
  });
  test('the registered type is put over the one given', () => {
    assert.deepEqual(shown({ indexedFields: { CKeyword: payload('"5"', 'json/plain', 'Int') } }), [
      'CKeyword Keyword "5"',
    ]);
  });
  test('none', () => {
    assert.equal(listedSearchAttributes(undefined), undefined);
    assert.equal(listedSearchAttributes(attributes({ CBool: 'null' }), custom), undefined);
  });
});

suite('an upsert', () => {
  const names = (given: SearchAttributes | undefined) => Object.keys(given?.indexedFields ?? {}).join(' ');
  const nothing: Payload = { metadata: { encoding: Buffer.from('binary/null') } };

  test('adds and replaces', () => {
    const merged = mergeSearchAttributes(attributes({ A: '1', B: '2' }), attributes({ B: '3', C: '4' }));
    assert.equal(names(merged), 'A B C');
    assert.equal(Buffer.from(merged?.indexedFields?.['B']?.data ?? []).toString(), '3');
  });
  test('removes by null and by the empty list', () => {
    const merged = mergeSearchAttributes(attributes({ A: '1', B: '2', C: '3' }), {
      indexedFields: { A: nothing, B: payload('[]'), X: nothing },
    });
    assert.equal(names(merged), 'C');
  });
  test('leaves nothing where nothing is left', () => {
    assert.equal(mergeSearchAttributes(attributes({ A: '1' }), { indexedFields: { A: nothing } }), undefined);
    assert.equal(mergeSearchAttributes(undefined, undefined), undefined);
  });
});

suite('a value is encoded with its type', () => {
  const cases: readonly (readonly [Parameters<typeof encodeAttribute>, string])[] = [
    [['é', 'Keyword'], 'Keyword "\\u00e9"'],
    [[7, 'Int'], 'Int 7'],
    [[true, 'Bool'], 'Bool true'],
    [[1_500, 'Datetime'], 'Datetime "1970-01-01T00:00:01.5Z"'],
    [[['a', 'b'], 'KeywordList'], 'KeywordList ["a","b"]'],
  ];
  for (const [[value, type], expected] of cases) {
    test(expected, () => {
      const { metadata, data } = encodeAttribute(value, type);
      assert.equal(Buffer.from(metadata?.['encoding'] ?? []).toString(), 'json/plain');
      assert.equal(
        `${Buffer.from(metadata?.['type'] ?? []).toString()} ${Buffer.from(data ?? []).toString()}`,
        expected,
      );
    });
  }
});
