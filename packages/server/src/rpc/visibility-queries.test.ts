import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isRejection, type AttributeType } from '@perdure/core';
import { CommandType, WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { Command, SearchAttributes } from '@perdure/proto/types';
import { TestServer } from './testing.ts';

/** What visibility holds while the queries are asked: the same as Temporal's server held when it gave its answers. */
const ATTRIBUTES = new Map<string, AttributeType>([
  ['Region', 'Keyword'],
  ['Amount', 'Double'],
  ['Size', 'Int'],
  ['Urgent', 'Bool'],
  ['DueAt', 'Datetime'],
  ['Tags', 'KeywordList'],
  ['Note', 'Text'],
  ['odd name', 'Keyword'],
]);

type Fate = 'run' | 'terminate' | 'complete' | 'fail' | 'cancel' | 'timeout' | 'continue';
type Values = Readonly<Record<string, unknown>>;

const RUNS: readonly (readonly [id: string, type: string, fate: Fate, values: Values])[] = [
  [
    'a1',
    'Order',
    'run',
    {
      ...{ Region: 'eu', Amount: 1.5, Size: 1, Urgent: true, DueAt: '2026-01-01T00:00:00Z', Tags: ['a', 'b'] },
      ...{ Note: 'quick brown fox', 'odd name': 'x' },
    },
  ],
  [
    'a2',
    'Order',
    'terminate',
    {
      ...{ Region: 'us', Amount: -2, Size: 2, Urgent: false, DueAt: '2026-01-02T10:30:00.5Z', Tags: ['b'] },
      Note: 'lazy dog',
    },
  ],
  [
    'a3',
    'Order',
    'complete',
    {
      Region: 'EU',
      Amount: 0,
      Size: 30,
      DueAt: '2025-12-31T23:59:59.999999Z',
      Tags: ['a', 'c d'],
      Note: 'Brown-Fox jumps',
    },
  ],
  ['b1', 'Refund', 'fail', { Region: 'eu-west', Amount: 1e6, Size: -5, Urgent: true, Note: 'the end' }],
  ['b2', 'Refund', 'run', {}],
  ['b%', 'Refund', 'cancel', { Region: "o'k", Tags: [] }],
  ['c"1', "it's", 'run', { Region: 'a"b', Size: 9_007_199_254_740_992 }],
  ['c\\2', 'Order', 'timeout', { Region: 'back\\slash', DueAt: '2026-01-01T01:00:00+01:00' }],
  ['d1', 'Order', 'continue', { Region: '', Note: '' }],
  ['é1', 'Ordér', 'run', { Region: 'é', Tags: ['é'] }],
  ['null', 'Order', 'run', { Region: 'NULL' }],
];

const COMMANDS: Readonly<Partial<Record<Fate, Command>>> = {
  complete: { commandType: CommandType.CompleteWorkflowExecution, completeWorkflowExecutionCommandAttributes: {} },
  fail: {
    commandType: CommandType.FailWorkflowExecution,
    failWorkflowExecutionCommandAttributes: { failure: { message: 'x' } },
  },
  cancel: { commandType: CommandType.CancelWorkflowExecution, cancelWorkflowExecutionCommandAttributes: {} },
  continue: {
    commandType: CommandType.ContinueAsNewWorkflowExecution,
    continueAsNewWorkflowExecutionCommandAttributes: {
      workflowType: { name: 'Order' },
      taskQueue: { name: 'visibility-tq-run' },
    },
  },
};

function searchAttributes(values: Values): SearchAttributes {
  const payloads = Object.entries(values).map(([name, value]) => {
    const metadata = { encoding: Buffer.from('json/plain'), type: Buffer.from(ATTRIBUTES.get(name) ?? '') };
    return [name, { metadata, data: Buffer.from(JSON.stringify(value)) }] as const;
  });
  return { indexedFields: Object.fromEntries(payloads) };
}

async function seed(server: TestServer): Promise<void> {
  for (const [workflowId, type, fate, values] of RUNS) {
    const taskQueue = { name: `visibility-tq-${fate}` };
    const timeout = fate === 'timeout' ? { workflowRunTimeout: { seconds: 1 } } : {};
    const request = { workflowId, workflowType: { name: type }, taskQueue, ...timeout };
    await server.ok('StartWorkflowExecution', { ...request, searchAttributes: searchAttributes(values) });
    const workflowExecution = { workflowId };
    await server.host.advance(10);
    if (fate === 'terminate') await server.ok('TerminateWorkflowExecution', { workflowExecution });
    if (fate === 'cancel') await server.ok('RequestCancelWorkflowExecution', { workflowExecution });
    const command = COMMANDS[fate];
    if (command !== undefined) {
      const { taskToken } = await server.ok('PollWorkflowTaskQueue', { taskQueue });
      await server.ok('RespondWorkflowTaskCompleted', { taskToken, commands: [command] });
    }
    await server.host.advance(50);
  }
  await server.host.advance(5_000);
}

async function answerOf(server: TestServer, kind: string, query: string): Promise<string> {
  if (kind === 'list') {
    const reply = await server.call('ListWorkflowExecutions', { query });
    if (isRejection(reply)) return `! ${reply.message}`;
    const ids = (reply.executions ?? []).map(
      ({ execution, status }) =>
        (execution?.workflowId ?? '') + (status === WorkflowExecutionStatus.ContinuedAsNew ? '*' : ''),
    );
    return ids.join(' ') || '(none)';
  }
  const reply = await server.call('CountWorkflowExecutions', { query });
  if (isRejection(reply)) return `! ${reply.message}`;
  const groups = (reply.groups ?? []).map(
    ({ groupValues = [], count = 0 }) =>
      `${groupValues.map(({ data }) => Buffer.from(data ?? []).toString()).join('/')}=${count}`,
  );
  return [String(reply.count ?? 0), ...groups.sort()].join(' ');
}

/** `ours` is undefined where it is the official answer. */
const official = readFileSync(new URL('./visibility-answers.tsv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [kind = '', query = '', answer = '', ours] = line.split('\t');
    return { kind, query: query.replaceAll('␤', '\n'), answer, ours };
  });

test('queries are answered as by Temporal, but for the differences that are listed', async () => {
  const server = await TestServer.start({ searchAttributes: ATTRIBUTES, nowMs: Date.UTC(2026, 10, 27) });
  await seed(server);
  assert.ok(official.length > 400);
  const wrong: string[] = [];
  for (const { kind, query, answer, ours } of official) {
    const expected = ours ?? answer;
    const found = await answerOf(server, kind, query);
    if (found !== expected) wrong.push(`${kind} ${query}\n  expected ${expected}\n  found    ${found}`);
  }
  assert.deepEqual(wrong, []);
});

test('few answers differ, and each of them does', () => {
  const differing = official.filter(({ ours }) => ours !== undefined);
  assert.ok(differing.length < official.length / 7);
  assert.ok(differing.every(({ answer, ours }) => ours !== answer));
});
