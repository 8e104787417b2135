import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { isRejection } from '../kernel/rejection.ts';
import type { AttributeType } from './attributes.ts';
import { resolveCountQuery, resolveListQuery } from './resolve.ts';
import type { ResolvedQuery } from './resolved-query.ts';

const custom: ReadonlyMap<string, AttributeType> = new Map([
  ['CText', 'Text'],
  ['CKeyword', 'Keyword'],
  ['CInt', 'Int'],
  ['CDouble', 'Double'],
  ['CBool', 'Bool'],
  ['CDatetime', 'Datetime'],
  ['CKeywordList', 'KeywordList'],
]);

const HIDDEN = 'TemporalNamespaceDivision null';

/** A resolved query as a short text. */
function show(query: ResolvedQuery): string {
  switch (query.kind) {
    case 'all':
    case 'any':
      return `${query.kind}(${query.queries.map(show).join(' ; ')})`;
    case 'not':
      return `not ${show(query.query)}`;
    case 'isNull':
      return `${query.attribute.name} null`;
    case 'oneOf':
      return `${query.attribute.name} one of ${JSON.stringify(query.values)}`;
    case 'compare':
      return `${query.attribute.name} ${query.operator} ${JSON.stringify(query.value)}`;
    case 'startsWith':
      return `${query.attribute.name} starts ${JSON.stringify(query.prefix)}`;
    case 'hasAny':
      return `${query.attribute.name} has ${JSON.stringify(query.values)}`;
    case 'matches':
      return `${query.attribute.name} matches ${JSON.stringify(query.phrases)}`;
  }
}

/** What the query selects, without the rule that hides divisions; or why it is refused. */
function resolved(query: string): string {
  const result = resolveListQuery(query, custom);
  if (isRejection(result)) return result.message;
  const suffix = ` ; ${HIDDEN})`;
  const shown = show(result);
  return shown.startsWith('all(') && shown.endsWith(suffix) ? shown.slice(4, -suffix.length) : shown;
}

suite('a query is resolved', () => {
  const cases: readonly (readonly [string, string])[] = [
    ["WorkflowId = 'a'", 'WorkflowId one of ["a"]'],
    ["WorkflowId != 'a'", 'not WorkflowId one of ["a"]'],
    ["WorkflowId IN ('a', 'b')", 'WorkflowId one of ["a","b"]'],
    ["WorkflowId NOT IN ('a')", 'not WorkflowId one of ["a"]'],
    ["WorkflowId > 'a'", 'WorkflowId > "a"'],
    ["WorkflowId STARTS_WITH 'a%'", 'WorkflowId starts "a%"'],
    ["WorkflowId NOT STARTS_WITH ''", 'not WorkflowId starts ""'],
    ["WorkflowId BETWEEN 'a' AND 'b'", 'all(WorkflowId >= "a" ; WorkflowId <= "b")'],
    ["WorkflowId NOT BETWEEN 'a' AND 'b'", 'not all(WorkflowId >= "a" ; WorkflowId <= "b")'],
    ['WorkflowId IS NULL', 'WorkflowId null'],
    ['WorkflowId IS NOT NULL', 'not WorkflowId null'],
    ["NOT (RunId = 'a' OR TaskQueue = 'b')", 'not any(RunId one of ["a"] ; TaskQueue one of ["b"])'],
    // Names.
    ["TemporalWorkflowId = 'a'", 'WorkflowId one of ["a"]'],
    ['SchedulePaused = true', 'TemporalSchedulePaused one of [true]'],
    ["TemporalBuildIds = 'a'", 'BuildIds has ["a"]'],
    ["ScheduleId = 'a'", 'WorkflowId one of ["temporal-sys-scheduler:a"]'],
    ["ScheduleId STARTS_WITH 'a'", 'WorkflowId starts "temporal-sys-scheduler:a"'],
    ["`CKeyword` = 'a'", 'CKeyword one of ["a"]'],
    // Values of each type.
    ['CKeyword = 5', 'CKeyword one of ["5"]'],
    ['CKeyword = 1.50', 'CKeyword one of ["1.5"]'],
    ['CKeyword = 12345678901234567890', 'CKeyword one of ["12345678901234567000"]'],
    ['CKeyword = 9223372036854775807', 'CKeyword one of ["9223372036854775807"]'],
    ['CInt = -3', 'CInt one of [-3]'],
    ["CInt = '7'", 'CInt one of [7]'],
    ['CInt > 1.5', 'CInt > 1.5'],
    ['CInt NOT BETWEEN 1 AND 10', 'not all(CInt >= 1 ; CInt <= 10)'],
    ['CDouble >= -1.5', 'CDouble >= -1.5'],
    ['CDouble = 1e3', 'CDouble one of [1000]'],
    ['CBool = true', 'CBool one of [true]'],
    ['CBool != FALSE', 'not CBool one of [false]'],
    ['CBool > false', 'CBool > false'],
    ["CDatetime = '1970-01-01T00:00:01.5Z'", 'CDatetime one of [1500]'],
    ["CDatetime = '1970-01-01T01:00:01.123456789+01:00'", 'CDatetime one of [1123.456]'],
    ['CDatetime < 1500000000', 'CDatetime < 1500'],
    ['CDatetime < 1704164645123456789', 'CDatetime < 1704164645123.456'],
    ['CDatetime < -1', 'CDatetime < -0.001'],
    ["CKeywordList = 'a'", 'CKeywordList has ["a"]'],
    ["CKeywordList != 'a'", 'not CKeywordList has ["a"]'],
    ["CKeywordList IN ('a', 'b c')", 'CKeywordList has ["a","b c"]'],
    ["CKeywordList NOT IN ('a')", 'not CKeywordList has ["a"]'],
    ['CKeywordList IS NOT NULL', 'not CKeywordList null'],
    ["CText = 'Hello  big-bad'", 'CText matches [" hello "," big bad "]'],
    ["CText != 'Hello'", 'not CText matches [" hello "]'],
    ["CText = '-'", 'any()'],
    ["CText != '-'", 'not any()'],
    // The two attributes with forms of their own.
    ["ExecutionStatus = 'Running'", 'ExecutionStatus one of [1]'],
    ["ExecutionStatus IN ('TimedOut', 5)", 'ExecutionStatus one of [7,5]'],
    ["ExecutionStatus != 'WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW'", 'not ExecutionStatus one of [6]'],
    ['ExecutionStatus = 99', 'ExecutionStatus one of [99]'],
    ["ExecutionStatus > 'Running'", 'ExecutionStatus > 1'],
    ['ExecutionDuration > 1000', 'ExecutionDuration > 1000'],
    ["ExecutionDuration > '1000'", 'ExecutionDuration > 1000'],
    ["ExecutionDuration > '1h30m'", 'ExecutionDuration > 5400000000000'],
    ["ExecutionDuration IN ('00:10:00', '1.5d')", 'ExecutionDuration one of [600000000000,129600000000000]'],
  ];
  for (const [query, shown] of cases) test(query, () => assert.equal(resolved(query), shown));
});

suite('what means nothing is refused with the text of Temporal 1.31', () => {
  const errors: readonly (readonly [string, string])[] = [
    ['CInt STARTS_WITH 7', "invalid expression: right-hand side of 'starts_with' must be a literal string (got: 7)"],
    [
      "CKeyword STARTS_WITH ('a','b')",
      "invalid expression: right-hand side of 'starts_with' must be a literal string (got: ('a', 'b'))",
    ],
    [
      "ExecutionStatus STARTS_WITH 'Running'",
      "invalid expression: right-hand side of 'starts_with' must be a literal string (got: 1)",
    ],
    ["ExecutionStatus STARTS_WITH 'Run'", "invalid expression: invalid ExecutionStatus value 'Run'"],
    [
      'CBool BETWEEN true AND false',
      "invalid expression: cannot do range condition on search attribute 'CBool' of type Bool",
    ],
    ['CDatetime > 5.5', 'invalid expression: unexpected value type float64 for search attribute CDatetime'],
    ["CDatetime > 'x'", "invalid expression: unable to parse datetime 'x'"],
    ["CDatetime > '2024-01-02'", "invalid expression: unable to parse datetime '2024-01-02'"],
    ["CDatetime STARTS_WITH 'a'", "invalid expression: unable to parse datetime 'a'"],
    ['CKeywordList = 5', 'invalid expression: unexpected value type (expected string, got 5)'],
    ['CKeywordList = true', 'invalid expression: unexpected value type (expected string, got true)'],
    ["CKeywordList = ('a', 'b')", "invalid expression: unexpected value type (expected string, got ('a', 'b'))"],
    ['CKeywordList IN (5)', 'invalid expression: unexpected value type in tuple (expected string, got 5)'],
    ["CKeywordList IN (true, 'a')", 'invalid expression: unexpected value type in tuple (expected string, got true)'],
    [
      "CKeywordList < 'a'",
      "invalid expression: operator '<' not supported for KeywordList type search attribute in `CKeywordList < 'a'`",
    ],
    [
      'CKeywordList < 5',
      "invalid expression: operator '<' not supported for KeywordList type search attribute in `CKeywordList < 5`",
    ],
    [
      String.raw`CKeywordList >= 'it\'s'`,
      "invalid expression: operator '>=' not supported for KeywordList type search attribute in `CKeywordList >= 'it''s'`",
    ],
    [
      "CKeywordList STARTS_WITH 'a'",
      "invalid expression: operator 'starts_with' not supported for KeywordList type search attribute in `CKeywordList starts_with 'a'`",
    ],
    [
      "CKeywordList BETWEEN 'a' AND 'b'",
      "invalid expression: cannot do range condition on search attribute 'CKeywordList' of type KeywordList",
    ],
    ["CText = ''", "invalid expression: unexpected value for Text type search attribute (no tokens found in '')"],
    ["CText = '  '", "invalid expression: unexpected value for Text type search attribute (no tokens found in '  ')"],
    [
      "CText IN ('hello')",
      "invalid expression: operator 'in' not supported for Text type search attribute in `CText in ('hello')`",
    ],
    [
      "CText NOT IN ('a', 'b')",
      "invalid expression: operator 'not in' not supported for Text type search attribute in `CText not in ('a', 'b')`",
    ],
    [
      "CText < 'a b'",
      "invalid expression: operator '<' not supported for Text type search attribute in `CText < 'a b'`",
    ],
    ['CText = 5', 'invalid expression: unexpected value type (expected string, got 5)'],
    [
      "CText BETWEEN 'a' AND 'b'",
      "invalid expression: cannot do range condition on search attribute 'CText' of type Text",
    ],
    ["ExecutionStatus = 'running'", "invalid expression: invalid ExecutionStatus value 'running'"],
    ['ExecutionStatus = 1.5', 'invalid expression: unexpected value type float64 for search attribute ExecutionStatus'],
    ["ExecutionDuration < 'abc'", 'invalid value for search attribute ExecutionDuration: abc (invalid duration)'],
    ["ExecutionDuration < ''", 'invalid value for search attribute ExecutionDuration:  (invalid duration)'],
    [
      "ExecutionDuration < '1:99:00'",
      'invalid value for search attribute ExecutionDuration: 1:99:00 (invalid duration: minutes must be from 0 to 59)',
    ],
    [
      "ExecutionDuration > '-1:00:00'",
      'invalid value for search attribute ExecutionDuration: -1:00:00 (invalid duration: hours must be a positive number)',
    ],
    ['WorkflowId = null', 'invalid expression: unexpected value type *sqlparser.NullVal'],
    ["WorkflowId = ('w-full')", 'invalid expression: unexpected value type *sqlparser.ParenExpr'],
    [
      'WorkflowId IN (foo)',
      "operation is not supported: column name on the right side of comparison expression (did you forget to quote 'foo'?)",
    ],
    [
      'WorkflowId = foo',
      "operation is not supported: column name on the right side of comparison expression (did you forget to quote 'foo'?)",
    ],
    [
      'WorkflowId = `x`',
      "operation is not supported: column name on the right side of comparison expression (did you forget to quote 'x'?)",
    ],
    [
      'CInt BETWEEN foo AND 5',
      "operation is not supported: column name on the right side of comparison expression (did you forget to quote 'foo'?)",
    ],
    ['WorkflowId = now()', 'operation is not supported: nested func'],
    ["now() = 'a'", 'invalid expression: must be a column name but was *sqlparser.FuncExpr'],
    ['now()', 'operation is not supported: function expression'],
    ['WorkflowId', 'invalid expression: incomplete expression'],
    ["'abc'", 'operation is not supported: expression of type *sqlparser.SQLVal'],
    ['true', 'operation is not supported: expression of type sqlparser.BoolVal'],
    ["WorkflowId LIKE 'w%'", "invalid expression: invalid operator 'like' in `WorkflowId like 'w%'`"],
    ["WorkflowId NOT LIKE 'w%'", "invalid expression: invalid operator 'not like' in `WorkflowId not like 'w%'`"],
    ["WorkflowId REGEXP 'w'", "invalid expression: invalid operator 'regexp' in `WorkflowId regexp 'w'`"],
    ["WorkflowId <=> 'a'", "invalid expression: invalid operator '<=>' in `WorkflowId <=> 'a'`"],
    ['5 = WorkflowId', 'invalid expression: must be a column name but was *sqlparser.SQLVal'],
    ['(CInt) = 7', 'invalid expression: must be a column name but was *sqlparser.ParenExpr'],
    ['CInt = (7)', 'invalid expression: unexpected value type *sqlparser.ParenExpr'],
    ['CInt = 1 + 6', 'invalid expression: unexpected value type *sqlparser.BinaryExpr'],
    ['!(CInt = 7)', 'operation is not supported: expression of type *sqlparser.UnaryExpr'],
    ['CInt IS TRUE', "invalid expression: 'IS' operator can only be used with 'NULL' or 'NOT NULL'"],
    ['CInt = 7 IS NULL', 'invalid expression: must be a column name but was *sqlparser.ComparisonExpr'],
    ["Foo = 'bar'", "invalid expression: column name 'Foo' is not a valid search attribute"],
    ["TemporalFoo = 'x'", "invalid expression: column name 'TemporalFoo' is not a valid search attribute"],
    ["foo.bar = 'x'", "invalid expression: column name 'foo.bar' is not a valid search attribute"],
    ["workflowid = 'x'", "invalid expression: column name 'workflowid' is not a valid search attribute"],
    ["NamespaceId = 'x'", "invalid expression: column name 'NamespaceId' is not a valid search attribute"],
    ["constructor = 'x'", "invalid expression: column name 'constructor' is not a valid search attribute"],
    ["CKeyword = 'a' ORDER BY StartTime LIMIT 5", "operation is not supported: 'ORDER BY' clause"],
    ['Foo = 1 LIMIT 5', "operation is not supported: 'LIMIT' clause"],
    ['GROUP BY ExecutionStatus', "operation is not supported: 'GROUP BY' clause"],
    ["CKeywordList = 'a' AND Foo = 1", "invalid expression: column name 'Foo' is not a valid search attribute"],
  ];
  for (const [query, error] of errors) test(query, () => assert.equal(resolved(query), `invalid query: ${error}`));

  test('a number that is none, which Temporal refuses without naming the query', () => {
    assert.equal(resolved('WorkflowId = 0x1F'), 'invalid expression: unable to parse 0x1F');
    assert.equal(resolved('WorkflowId = 1e'), 'invalid expression: unable to parse 1e');
  });
});

suite('what could never match is refused, where Temporal leaves it to the database', () => {
  const errors: readonly (readonly [string, string])[] = [
    ["CInt = 'x'", 'invalid expression: invalid value type for search attribute CInt of type Int: "x" (type: string)'],
    ["CInt = ''", 'invalid expression: invalid value type for search attribute CInt of type Int: "" (type: string)'],
    [
      'CDouble = true',
      'invalid expression: invalid value type for search attribute CDouble of type Double: true (type: bool)',
    ],
    [
      "CBool = 'true'",
      'invalid expression: invalid value type for search attribute CBool of type Bool: "true" (type: string)',
    ],
    ['CBool = 1', 'invalid expression: invalid value type for search attribute CBool of type Bool: 1 (type: int64)'],
    [
      'CBool = 1.5',
      'invalid expression: invalid value type for search attribute CBool of type Bool: 1.5 (type: float64)',
    ],
    [
      'WorkflowId = true',
      'invalid expression: invalid value type for search attribute WorkflowId of type Keyword: true (type: bool)',
    ],
    ['CDatetime > true', 'invalid expression: unexpected value type bool for search attribute CDatetime'],
    ['ExecutionStatus = true', 'invalid expression: unexpected value type bool for search attribute ExecutionStatus'],
    ["WorkflowId = ('a', 'b')", 'invalid expression: unexpected value type sqlparser.ValTuple'],
    [
      "CInt STARTS_WITH '7'",
      "operation is not supported: operator 'STARTS_WITH' not supported for Int type search attribute 'CInt'",
    ],
    [
      "CDatetime NOT STARTS_WITH '1970-01-01T00:00:00Z'",
      "operation is not supported: operator 'NOT STARTS_WITH' not supported for Datetime type search attribute 'CDatetime'",
    ],
  ];
  for (const [query, error] of errors) test(query, () => assert.equal(resolved(query), `invalid query: ${error}`));
});

suite('rows of a namespace division are hidden from a query that does not mention it', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['', HIDDEN],
    ["RunId = 'a'", `all(RunId one of ["a"] ; ${HIDDEN})`],
    ["RunId = 'a' OR RunId = 'b'", `all(any(RunId one of ["a"] ; RunId one of ["b"]) ; ${HIDDEN})`],
    ["TemporalNamespaceDivision = 'D'", 'TemporalNamespaceDivision one of ["D"]'],
    ["NamespaceDivision = 'D'", 'TemporalNamespaceDivision one of ["D"]'],
    ['TemporalNamespaceDivision IS NOT NULL', 'not TemporalNamespaceDivision null'],
  ];
  for (const [query, shown] of cases) {
    test(query || '(empty)', () => {
      const result = resolveListQuery(query, custom);
      assert.equal(isRejection(result) ? result.message : show(result), shown);
    });
  }
});

suite('a query that counts', () => {
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    ['', HIDDEN, undefined],
    ['GROUP BY ExecutionStatus', HIDDEN, 'ExecutionStatus'],
    ["RunId = 'a' group by `ExecutionStatus`", `all(RunId one of ["a"] ; ${HIDDEN})`, 'ExecutionStatus'],
    ['GROUP BY TemporalNamespaceDivision', 'all()', 'TemporalNamespaceDivision'],
  ];
  for (const [query, shown, groupBy] of cases) {
    test(query || '(empty)', () => {
      const result = resolveCountQuery(query, custom);
      if (isRejection(result)) assert.fail(result.message);
      assert.deepEqual([show(result.query), result.groupBy], [shown, groupBy]);
    });
  }
  const errors: readonly (readonly [string, string])[] = [
    [
      'GROUP BY WorkflowType',
      "operation is not supported: 'GROUP BY' clause is not supported for search attribute WorkflowType",
    ],
    ['GROUP BY WorkflowType, RunId', "operation is not supported: 'GROUP BY' clause supports only a single field"],
    ['GROUP BY Foo', "invalid expression: column name 'Foo' is not a valid search attribute"],
    ['GROUP BY 5', 'invalid expression: must be a column name but was *sqlparser.SQLVal'],
    ['GROUP BY ExecutionStatus ORDER BY RunId', "operation is not supported: 'ORDER BY' clause"],
    ['GROUP BY ExecutionStatus LIMIT 3', "operation is not supported: 'LIMIT' clause"],
  ];
  for (const [query, error] of errors) {
    test(query, () => {
      const result = resolveCountQuery(query, custom);
      assert.equal(isRejection(result) && result.message, `invalid query: ${error}`);
    });
  }
});
