import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { isRejection } from '../kernel/rejection.ts';
import { parseQuery } from './parser.ts';
import { printExpression } from './print.ts';
import { QUERY_CONDITIONS_MAX, QUERY_LITERALS_MAX, QUERY_SIZE_BYTES_MAX } from './query.ts';

function where(query: string): unknown {
  const parsed = parseQuery(query);
  return isRejection(parsed) ? parsed.message : parsed.where;
}

/** The condition with every operator's operands in parentheses of their own. */
function printed(query: string): string {
  const parsed = parseQuery(query);
  if (isRejection(parsed)) return parsed.message;
  return parsed.where === undefined ? '' : printExpression(parsed.where);
}

const name = (text: string) => ({ kind: 'name', name: text });
const number = (text: string) => ({ kind: 'number', text });
const string = (value: string) => ({ kind: 'string', value });
const compare = (left: string, operator: string, right: unknown) => ({
  kind: 'compare',
  operator,
  left: name(left),
  right,
});

suite('a query is parsed', () => {
  const trees: readonly (readonly [string, unknown])[] = [
    ['', undefined],
    ['  \n ', undefined],
    ['a = 1', compare('a', '=', number('1'))],
    ['a=1', compare('a', '=', number('1'))],
    ['a = 1;', compare('a', '=', number('1'))],
    ['a != 1', compare('a', '!=', number('1'))],
    ['a <> 1', compare('a', '!=', number('1'))],
    ['a < 1', compare('a', '<', number('1'))],
    ['a <= 1', compare('a', '<=', number('1'))],
    ['a > 1', compare('a', '>', number('1'))],
    ['a >= 1', compare('a', '>=', number('1'))],
    ['a <=> 1', compare('a', '<=>', number('1'))],
    ['a LIKE 1', compare('a', 'like', number('1'))],
    ['a not like 1', compare('a', 'not like', number('1'))],
    ['a RLIKE 1', compare('a', 'regexp', number('1'))],
    ['a STARTS_WITH "x"', compare('a', 'starts_with', string('x'))],
    ['a Not Starts_With "x"', compare('a', 'not starts_with', string('x'))],
    ['a IN (1)', compare('a', 'in', { kind: 'tuple', items: [number('1')] })],
    ['a NOT IN (1, "x")', compare('a', 'not in', { kind: 'tuple', items: [number('1'), string('x')] })],
    ['a = (1, 2)', compare('a', '=', { kind: 'tuple', items: [number('1'), number('2')] })],
    ['a = (1)', compare('a', '=', { kind: 'paren', operand: number('1') })],
    ['`Group By` = 1', compare('Group By', '=', number('1'))],
    ['`a``b` = 1', compare('a`b', '=', number('1'))],
    ['a.b.c = 1', compare('a.b.c', '=', number('1'))],
    ['Status = 1', compare('Status', '=', number('1'))],
    ['a = b', compare('a', '=', name('b'))],
    ['a = now()', compare('a', '=', { kind: 'call' })],
    ['a = count(*)', compare('a', '=', { kind: 'call' })],
    ['a = f(1, b)', compare('a', '=', { kind: 'call' })],
    ['a = x-1', compare('a', '=', { kind: 'arithmetic', node: 'BinaryExpr' })],
    ['a = -b', compare('a', '=', { kind: 'arithmetic', node: 'UnaryExpr' })],
    ['!a', { kind: 'arithmetic', node: 'UnaryExpr' }],
    ['a = true', compare('a', '=', { kind: 'boolean', value: true })],
    ['a = FALSE', compare('a', '=', { kind: 'boolean', value: false })],
    ['a = null', compare('a', '=', { kind: 'null' })],
    ['a IS NULL', { kind: 'is', negated: false, operand: name('a'), test: 'null' }],
    ['a is not null', { kind: 'is', negated: true, operand: name('a'), test: 'null' }],
    ['a IS NOT TRUE', { kind: 'is', negated: true, operand: name('a'), test: 'true' }],
    ['a BETWEEN 1 AND 2', { kind: 'between', negated: false, left: name('a'), from: number('1'), to: number('2') }],
    ['a NOT BETWEEN 1 AND 2', { kind: 'between', negated: true, left: name('a'), from: number('1'), to: number('2') }],
  ];
  for (const [query, tree] of trees) test(query || '(empty)', () => assert.deepEqual(where(query), tree));
});

suite('a literal is read', () => {
  const literals: readonly (readonly [string, unknown])[] = [
    ["'x'", string('x')],
    ['"x"', string('x')],
    ["''", string('')],
    ["'it''s'", string("it's")],
    ['"it""s"', string('it"s')],
    ["'a\"b'", string('a"b')],
    [String.raw`'it\'s'`, string("it's")],
    [String.raw`'a\\b'`, string('a\\b')],
    [String.raw`'\n\t\r\0\b\Z'`, string('\n\t\r\0\b\x1a')],
    [String.raw`'\a\%\_'`, string('a%_')],
    ["'日本 😀'", string('日本 😀')],
    ['5', number('5')],
    ['-5', number('-5')],
    ['- 5', number('-5')],
    ['+5', number('5')],
    ['- -5', number('5')],
    ['-1.5', number('-1.5')],
    ['1.5', number('1.5')],
    ['1.', number('1.')],
    ['.5', number('.5')],
    ['1e3', number('1e3')],
    ['1E-3', number('1E-3')],
    ['0x1F', number('0x1F')],
  ];
  for (const [text, literal] of literals) {
    test(text, () => assert.deepEqual(where(`a = ${text}`), compare('a', '=', literal)));
  }
});

suite('operators bind as in SQL', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['a = 1 or b = 2 and c = 3', 'or(a, and(b, c))'],
    ['a = 1 and b = 2 or c = 3', 'or(and(a, b), c)'],
    ['a = 1 || b = 2 && c = 3', 'or(a, and(b, c))'],
    ['(a = 1 or b = 2) and c = 3', 'and(paren(or(a, b)), c)'],
    ['a = 1 and b = 2 and c = 3', 'and(a, b, c)'],
    ['not a = 1 and b = 2', 'and(not(a), b)'],
    ['not (a = 1 and b = 2)', 'not(paren(and(a, b)))'],
    ['not not a = 1', 'a'],
    ['not not not a = 1', 'not(a)'],
    ['not a is null', 'not(a)'],
    ['a between 1 and 2 and b = 3', 'and(a, b)'],
  ];
  for (const [query, shape] of cases) test(query, () => assert.equal(shapeOf(where(query)), shape));
});

/** The tree with each comparison shortened to its name. */
function shapeOf(tree: unknown): string {
  const { kind, operand, operands, left } = tree as Record<string, unknown>;
  if (kind === 'and' || kind === 'or') return `${kind}(${(operands as unknown[]).map(shapeOf).join(', ')})`;
  if (kind === 'not' || kind === 'paren') return `${kind}(${shapeOf(operand)})`;
  return (left ?? operand) === undefined ? String(kind) : String(((left ?? operand) as { name: string }).name);
}

suite('clauses', () => {
  test('GROUP BY without a condition', () => {
    assert.deepEqual(parseQuery(' group by a, b'), {
      where: undefined,
      groupBy: [name('a'), name('b')],
      hasOrderBy: false,
      hasLimit: false,
    });
  });
  test('all of them', () => {
    assert.deepEqual(parseQuery('a = 1 GROUP BY a ORDER BY b DESC, c ASC, d LIMIT 5 OFFSET 2'), {
      where: compare('a', '=', number('1')),
      groupBy: [name('a')],
      hasOrderBy: true,
      hasLimit: true,
    });
  });
  test('ORDER BY without a condition, and both forms of LIMIT', () => {
    for (const query of ['ORDER BY a LIMIT 5', 'order by a limit 5, 10;']) {
      assert.deepEqual(parseQuery(query), { where: undefined, groupBy: [], hasOrderBy: true, hasLimit: true });
    }
  });
});

suite('what is malformed is refused, at the place that Temporal names', () => {
  const errors: readonly (readonly [string, string])[] = [
    ["WorkflowId IN 'a'", "syntax error at position 45 near 'a'"],
    ['WorkflowId IN ()', 'syntax error at position 44'],
    ["WorkflowId = 'a' 'b'", "syntax error at position 48 near 'b'"],
    ["WorkflowId = 'unterminated", "syntax error at position 54 near 'unterminated'"],
    ["(WorkflowId = 'w-full'", 'syntax error at position 50'],
    ["WorkflowId = 'w-full')", 'syntax error at position 50'],
    ["WorkflowId == 'w-full'", 'syntax error at position 41'],
    ["AND WorkflowId = 'a'", "syntax error at position 31 near 'and'"],
    ["WorkflowId = 'a' AND", 'syntax error at position 48'],
    ["  WorkflowId = 'a' AND  ", 'syntax error at position 48'],
    ['LIMIT 5', "syntax error at position 33 near 'limit'"],
    ['GROUP BY', 'syntax error at position 30'],
    ["`WorkflowId = 'a'", "syntax error at position 45 near 'WorkflowId = 'a''"],
    ['CInt = 5a', "syntax error at position 36 near '5'"],
    ["WorkflowId = 'w-full'; foo", "syntax error at position 54 near 'foo'"],
    ['CInt = 7 = true', 'syntax error at position 38'],
    ['CInt BETWEEN 1', 'syntax error at position 42'],
    ['CInt NOT = 5', 'syntax error at position 38'],
    ['CInt NOT', 'syntax error at position 36'],
    ['CInt IN (1, 2', 'syntax error at position 41'],
    ['CInt IN (1,)', 'syntax error at position 40'],
    ["Group = 'x'", "syntax error at position 33 near 'group'"],
    ['CInt => 7', 'syntax error at position 35'],
    ['CInt =< 7', 'syntax error at position 35'],
    ["CKeyword = 'ωορκ", "syntax error at position 48 near 'ωορκ'"],
    ["WorkflowId = 'é' x", "syntax error at position 47 near 'x'"],
    ['=', 'syntax error at position 29'],
    ['(', 'syntax error at position 29'],
    ['()', 'syntax error at position 30'],
    [')', 'syntax error at position 29'],
    ['CInt = DEFAULT', "syntax error at position 42 near 'default'"],
    ['CInt = $1', "syntax error at position 36 near '$'"],
    ['where CInt = 7', "syntax error at position 33 near 'where'"],
    ['order by', 'syntax error at position 30'],
    ['order byx', "syntax error at position 31 near 'byx'"],
    ['group byx', "syntax error at position 31 near 'byx'"],
    ['CInt = 7 xor CInt = 8', "syntax error at position 40 near 'xor'"],
    ['a.b.c.d = 1', 'syntax error at position 34'],
    ['CInt = 7, CInt = 8', 'syntax error at position 37'],
    ['CKeyword = foo(', 'syntax error at position 43'],
    ['CKeyword = foo(1', 'syntax error at position 44'],
    ['`` = 1', 'syntax error at position 30'],
    ['a IS 5', "syntax error at position 34 near '5'"],
    ['a. = 5', 'syntax error at position 32'],
  ];
  for (const [query, error] of errors) {
    test(query, () => assert.equal(where(query), `invalid query: malformed SQL query: ${error}`));
  }
});

suite('limits', () => {
  const nested = (depth: number) => `${'('.repeat(depth)}a = 1${')'.repeat(depth)}`;
  const listed = (count: number, separator: string, item: string) => Array(count).fill(item).join(separator);

  test('parentheses within parentheses', () => {
    assert.equal(printed(nested(199)), nested(199));
    assert.equal(printed(nested(200)), 'invalid query: malformed SQL query: max nesting level reached at position 228');
    assert.equal(printed(nested(40_000)), printed(nested(200)));
  });
  test('parentheses beside each other are not nested', () => {
    assert.equal(printed(listed(300, ' and ', '(a = 1)')), listed(300, ' and ', '(a = 1)'));
  });
  test('conditions', () => {
    assert.equal(printed(listed(QUERY_CONDITIONS_MAX, ' or ', 'a = 1')), listed(QUERY_CONDITIONS_MAX, ' or ', 'a = 1'));
    const refused = `invalid query: malformed SQL query: more than ${QUERY_CONDITIONS_MAX} conditions`;
    for (const condition of ['a = 1', 'a is null', 'a between 1 and 2', 'a in (1)', "a starts_with 'x'"]) {
      assert.equal(printed(listed(QUERY_CONDITIONS_MAX + 1, ' or ', condition)), refused);
    }
  });
  test('literals', () => {
    const query = (count: number) => `a in (${listed(count, ', ', '1')})`;
    assert.equal(printed(query(QUERY_LITERALS_MAX)), query(QUERY_LITERALS_MAX));
    const refused = `invalid query: malformed SQL query: more than ${QUERY_LITERALS_MAX} values`;
    assert.equal(printed(query(QUERY_LITERALS_MAX + 1)), refused);
  });
  test('bytes', () => {
    const query = (bytes: number) => `a = '${'é'.repeat((bytes - 6) / 2)}'`;
    assert.equal(printed(query(QUERY_SIZE_BYTES_MAX)), query(QUERY_SIZE_BYTES_MAX));
    const refused = `invalid query: malformed SQL query: longer than ${QUERY_SIZE_BYTES_MAX} bytes`;
    assert.equal(printed(query(QUERY_SIZE_BYTES_MAX + 2)), refused);
  });
  test('long rows of prefixes cost no depth', () => {
    assert.deepEqual(where(`${'not '.repeat(60_000)}a = 1`), compare('a', '=', number('1')));
    assert.deepEqual(where(`a = ${'- '.repeat(100_000)}1`), compare('a', '=', number('1')));
  });
});
