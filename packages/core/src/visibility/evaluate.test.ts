import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { WorkflowExecutionStatus } from '@perdure/proto/enums';
import { isRejection } from '../kernel/rejection.ts';
import type { AttributeType } from './attributes.ts';
import { parseDatetime } from './datetime.ts';
import { selects } from './evaluate.ts';
import type { AttributeValue, VisibilityRecord } from './record.ts';
import { resolveListQuery } from './resolve.ts';
import { textTokens } from './text-tokens.ts';

const custom: ReadonlyMap<string, AttributeType> = new Map([
  ['CText', 'Text'],
  ['CKeyword', 'Keyword'],
  ['CInt', 'Int'],
  ['CDouble', 'Double'],
  ['CBool', 'Bool'],
  ['CDatetime', 'Datetime'],
  ['CKeywordList', 'KeywordList'],
]);

const STARTED_MS = 1_704_067_200_000; // 2024-01-01T00:00:00Z

const plain: VisibilityRecord = {
  namespaceId: 'n',
  workflowId: 'w-plain',
  runId: 'r1',
  workflowType: 'T',
  taskQueue: 'q',
  status: WorkflowExecutionStatus.Running,
  startTimeMs: STARTED_MS,
  executionTimeMs: STARTED_MS,
  closeTimeMs: undefined,
  historyLength: undefined,
  historySizeBytes: undefined,
  stateTransitionCount: undefined,
  parentWorkflowId: undefined,
  parentRunId: undefined,
  rootWorkflowId: 'w-plain',
  rootRunId: 'r1',
  memo: undefined,
  searchAttributes: undefined,
  values: new Map(),
};

const full: VisibilityRecord = {
  ...plain,
  workflowId: 'w-full',
  values: new Map<string, AttributeValue>([
    ['CText', textTokens('Hello, big-bad World')],
    ['CKeyword', 'Abc'],
    ['CInt', 7],
    ['CDouble', 1.5],
    ['CBool', true],
    ['CDatetime', parseDatetime('2024-01-02T03:04:05.123456789Z') ?? 0],
    ['CKeywordList', ['a', 'b c']],
  ]),
};

const closed: VisibilityRecord = {
  ...plain,
  workflowId: 'w-closed',
  workflowType: 'Closed',
  taskQueue: 'other',
  status: WorkflowExecutionStatus.Terminated,
  executionTimeMs: STARTED_MS + 1_000,
  closeTimeMs: STARTED_MS + 61_000,
  historyLength: 3,
  historySizeBytes: 348,
  stateTransitionCount: 2,
  parentWorkflowId: 'parent',
  parentRunId: 'parent-run',
  rootWorkflowId: 'root',
  rootRunId: 'root-run',
  values: new Map<string, AttributeValue>([
    ['CKeyword', 'abcdef'],
    ['CInt', -3],
  ]),
};

const hidden: VisibilityRecord = {
  ...plain,
  workflowId: 'w-hidden',
  values: new Map([['TemporalNamespaceDivision', 'D']]),
};

/** The ids, without `w-`, of the records that the query selects. */
function selected(query: string): string {
  const resolved = resolveListQuery(query, custom);
  if (isRejection(resolved)) return resolved.message;
  return [plain, full, closed, hidden]
    .filter((record) => selects(resolved, record))
    .map((record) => record.workflowId.slice(2))
    .join(' ');
}

/**
 * Each query with what it selects. Temporal's server with SQLite answers the same, but for three things: there
 * STARTS_WITH takes a letter for either case, custom datetimes have milliseconds, and negative fractions are refused.
 */
const cases: readonly (readonly [string, string])[] = [
  ['', 'plain full closed'],
  ["WorkflowId = 'w-full'", 'full'],
  ["WorkflowId STARTS_WITH 'w-'", 'plain full closed'],
  ["WorkflowId NOT STARTS_WITH 'w-f'", 'plain closed'],
  ["RunId = 'r1' AND WorkflowType = 'T' AND TaskQueue = 'q'", 'plain full'],
  ["WorkflowType = 'Closed' OR WorkflowId = 'w-plain'", 'plain closed'],
  ["ParentWorkflowId = 'parent' AND ParentRunId = 'parent-run'", 'closed'],
  ['ParentWorkflowId IS NULL', 'plain full'],
  ["RootWorkflowId != 'root'", 'plain full'],
  ["RootRunId = 'root-run'", 'closed'],
  // An attribute that is not set: neither equal nor unequal, neither in nor out.
  ["CKeyword = 'Abc'", 'full'],
  ["CKeyword = 'abc'", ''],
  ["CKeyword != 'Abc'", 'closed'],
  ["NOT CKeyword = 'Abc'", 'closed'],
  ["NOT CKeyword != 'Abc'", 'full'],
  ["CKeyword IN ('Abc', 'abcdef')", 'full closed'],
  ["CKeyword NOT IN ('Abc')", 'closed'],
  ["CKeyword > 'a'", 'closed'],
  ["CKeyword <= 'Abc'", 'full'],
  ["CKeyword BETWEEN 'A' AND 'B'", 'full'],
  ["CKeyword NOT BETWEEN 'A' AND 'B'", 'closed'],
  ["CKeyword STARTS_WITH ''", 'full closed'],
  ["CKeyword STARTS_WITH 'ab'", 'closed'],
  ["CKeyword STARTS_WITH '%b'", ''],
  ["CKeyword NOT STARTS_WITH 'ab'", 'full'],
  ["CKeyword != 'Abc' OR CKeyword IS NULL", 'plain closed'],
  ["NOT (CInt = 7 AND CKeyword = 'q')", 'full closed'],
  ['NOT (CInt = 7 AND CBool = true)', 'closed'],
  ['NOT (CInt = 7 OR CBool = true)', ''],
  ['CBool = true OR CInt = -3', 'full closed'],
  // Numbers, booleans, times.
  ['CInt = -3', 'closed'],
  ["CInt = '7'", 'full'],
  ['CInt > 1.5', 'full'],
  ['CInt >= 7', 'full'],
  ['CInt < 7', 'closed'],
  ['CInt <> 7', 'closed'],
  ['CInt NOT BETWEEN 1 AND 10', 'closed'],
  ['CDouble = 1.5', 'full'],
  ['CDouble > -1.5', 'full'],
  ['CBool != false', 'full'],
  ['CBool > false', 'full'],
  ['CBool <= false', ''],
  ['CBool IN (false)', ''],
  ['CBool IS NOT NULL', 'full'],
  ["CDatetime = '2024-01-02T03:04:05.123456Z'", 'full'],
  ["CDatetime = '2024-01-02T04:04:05.123456999+01:00'", 'full'],
  ["CDatetime > '2024-01-02T03:04:05Z'", 'full'],
  ['CDatetime BETWEEN 1 AND 2', ''],
  ["StartTime >= '2024-01-01T00:00:00Z'", 'plain full closed'],
  ["StartTime > '2024-01-01T00:00:00Z'", ''],
  ["ExecutionTime > '2024-01-01T00:00:00Z'", 'closed'],
  // Lists and texts: a comparison is never unknown.
  ["CKeywordList = 'a'", 'full'],
  ["CKeywordList = 'b'", ''],
  ["CKeywordList = 'b c'", 'full'],
  ["CKeywordList IN ('z', 'b c')", 'full'],
  ["CKeywordList != 'a'", 'plain closed'],
  ["CKeywordList NOT IN ('z')", 'plain full closed'],
  ["NOT CKeywordList = 'a'", 'plain closed'],
  ['CKeywordList IS NULL', 'plain closed'],
  ["CText = 'hello'", 'full'],
  ["CText = 'HÉLLO'", 'full'],
  ["CText = 'big-bad'", 'full'],
  ["CText = 'bad-big'", ''],
  ["CText = 'wor'", ''],
  ["CText = 'zzz World'", 'full'],
  ["CText = '-'", ''],
  ["CText != '-'", 'plain full closed'],
  ["CText != 'hello'", 'plain closed'],
  ["CText != 'zzz'", 'plain full closed'],
  ['CText IS NOT NULL', 'full'],
  // Open runs close at the end of time.
  ["CloseTime > '2020-01-01T00:00:00Z'", 'plain full closed'],
  ["CloseTime < '2100-01-01T00:00:00Z'", 'closed'],
  ["NOT CloseTime < '2100-01-01T00:00:00Z'", 'plain full'],
  ["CloseTime BETWEEN '2020-01-01T00:00:00Z' AND '9999-01-01T00:00:00Z'", 'closed'],
  ["CloseTime = '9999-12-31T23:59:59Z'", 'plain full'],
  ['CloseTime IS NULL', 'plain full'],
  // What only a closed run has.
  ['HistoryLength > 0', 'closed'],
  ['HistoryLength IS NULL', 'plain full'],
  ['HistorySizeBytes = 348 AND StateTransitionCount = 2', 'closed'],
  ["ExecutionDuration = '1m'", 'closed'],
  ['ExecutionDuration = 60000000000', 'closed'],
  ["ExecutionDuration > '00:00:59' AND ExecutionDuration < '1h'", 'closed'],
  ['ExecutionDuration < 5', ''],
  ["ExecutionStatus = 'Running'", 'plain full'],
  ["ExecutionStatus != 'Running'", 'closed'],
  ['ExecutionStatus = 5', 'closed'],
  ["ExecutionStatus IN ('Running', 5)", 'plain full closed'],
  ['ExecutionStatus = 99', ''],
  // Divisions.
  ["TemporalNamespaceDivision = 'D'", 'hidden'],
  ['NamespaceDivision IS NOT NULL', 'hidden'],
  ["TemporalNamespaceDivision IS NULL AND WorkflowId = 'w-full'", 'full'],
  ["WorkflowId = 'w-hidden'", ''],
];

suite('a query selects', () => {
  for (const [query, ids] of cases) test(query || '(empty)', () => assert.equal(selected(query), ids));
});

suite('three truth values', () => {
  const unknown = 'CInt = 1'; // of the plain record
  const selectsPlain = (query: string) => selected(`WorkflowId = 'w-plain' AND (${query})`) === 'plain';
  const no = "RunId = 'x'";
  const yes = "RunId = 'r1'";
  const truths: readonly (readonly [string, boolean])[] = [
    [unknown, false],
    [`NOT ${unknown}`, false],
    [`${unknown} OR ${yes}`, true],
    [`${unknown} OR ${no}`, false],
    [`NOT (${unknown} OR ${no})`, false],
    [`NOT (${unknown} AND ${no})`, true],
    [`NOT (${no} AND ${unknown})`, true],
    [`NOT (${unknown} AND ${yes})`, false],
    [`NOT (${unknown} OR ${yes})`, false],
    [`(${unknown}) IS NULL`, false],
  ];
  for (const [query, truth] of truths) test(query, () => assert.equal(selectsPlain(query), truth));
});
