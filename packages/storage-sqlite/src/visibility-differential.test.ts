import {
  cursorOf,
  type Attribute,
  type AttributeScalar,
  type AttributeValue,
  type ResolvedQuery,
  type VisibilityCursor,
  type VisibilityRecord,
} from '@perdure/core';
import { MemoryStore, type Store } from '@perdure/storage';
import {
  identity,
  NAMESPACE,
  record,
  runWrite,
  ShardOwner,
  START_MS,
  uuid,
  visible,
} from '@perdure/storage/conformance';
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { openSqliteStore } from './open-store.ts';
import { QueryConnection } from './query-connection.ts';
import { uuidIn } from './row.ts';
import { scratchFiles } from './testing/scratch.ts';
import { listCost } from './visibility-cost.ts';
import { listSql, type Way } from './visibility-sql.ts';
import { ZONE_ROWS } from './zones.ts';

const newFile = scratchFiles();

const RUNS = 60;

/** Keys that are apart like this begin a zone every other time. */
const KEYS_APART = ZONE_ROWS / 2;

/** A generator of the same choices each time. */
class Choices {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** 0 to `count` - 1. */
  below(count: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * count);
  }

  of<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.below(items.length)] ?? items[0];
  }

  some<Item>(make: () => Item, most = 3): Item[] {
    return Array.from({ length: 1 + this.below(most) }, make);
  }
}

const texts = [
  '',
  'a',
  'ab',
  'A',
  'é',
  'e\u0301',
  '\uffff',
  '\u{10ffff}',
  '👍',
  'a\0b',
  '%_',
  `a${'x'.repeat(300)}`,
  `a${'x'.repeat(300)}y`,
] as const;
const numbers = [0, 1, -1, 1.5, 2 ** 40, -(2 ** 53)] as const;
const times = [START_MS, START_MS + 1, START_MS + 1_000.5, START_MS - 5] as const;
const runIds = [uuid(KEYS_APART), uuid(2 * KEYS_APART), uuid(5), uuid(KEYS_APART).slice(0, -3), 'no UUID'] as const;

const custom = (name: string, type: Attribute['type']): Attribute => ({ origin: 'custom', name, type });
const system = (name: Extract<Attribute, { origin: 'system' }>['name'], type: Attribute['type']): Attribute => ({
  origin: 'system',
  name,
  type,
});

/** Attributes that are compared, each with values like those of the records. */
const comparable: readonly [
  readonly [Attribute, readonly [AttributeScalar, ...AttributeScalar[]]],
  ...(readonly [Attribute, readonly [AttributeScalar, ...AttributeScalar[]]])[],
] = [
  [system('WorkflowId', 'Keyword'), texts],
  [system('RunId', 'Keyword'), runIds],
  [system('WorkflowType', 'Keyword'), texts],
  [system('TaskQueue', 'Keyword'), texts],
  [system('StartTime', 'Datetime'), times],
  [system('ExecutionTime', 'Datetime'), times],
  [system('CloseTime', 'Datetime'), times],
  [system('ExecutionStatus', 'Keyword'), [1, 2, 3]],
  [system('HistoryLength', 'Int'), numbers],
  [system('ExecutionDuration', 'Int'), [0, 1_000_000, 5_000_000]],
  [system('ParentWorkflowId', 'Keyword'), texts],
  [system('ParentRunId', 'Keyword'), runIds],
  [system('RootWorkflowId', 'Keyword'), texts],
  [system('RootRunId', 'Keyword'), runIds],
  [custom('Keyword "1"', 'Keyword'), texts],
  [custom('Number', 'Double'), numbers],
  [custom('Flag', 'Bool'), [true, false]],
  [custom('When', 'Datetime'), times],
  [{ origin: 'predefined', name: 'TemporalNamespaceDivision', type: 'Keyword' }, texts],
];

function randomRecord(run: number, choices: Choices): VisibilityRecord {
  const maybe = <Value>(make: () => Value): Value | undefined => (choices.below(2) === 0 ? undefined : make());
  const values = new Map<string, AttributeValue>();
  const set = (name: string, make: () => AttributeValue): void =>
    void (choices.below(2) === 0 && values.set(name, make()));
  set('Keyword "1"', () => choices.of(texts));
  set('Number', () => choices.of(numbers));
  set('Flag', () => choices.of([true, false]));
  set('When', () => choices.of(times));
  set('List', () => choices.some(() => choices.of(texts)));
  set('Text', () => choices.some(() => choices.of(texts)).join(' '));
  if (choices.below(4) === 0) values.set('TemporalNamespaceDivision', choices.of(texts));
  const startTimeMs = START_MS + choices.below(3);
  const isChild = choices.below(2) === 0;
  const workflowId = choices.of(texts);
  return record(run, {
    workflowId,
    workflowType: choices.of(texts),
    taskQueue: choices.of(texts),
    status: choices.of([1, 2, 3]),
    startTimeMs,
    executionTimeMs: startTimeMs + choices.below(2) * 1_000,
    closeTimeMs: maybe(() => startTimeMs + choices.below(3)),
    historyLength: maybe(() => choices.below(3)),
    parentWorkflowId: isChild ? choices.of(texts) : undefined,
    parentRunId: isChild ? choices.of([uuid(KEYS_APART), uuid(2 * KEYS_APART)]) : undefined,
    rootWorkflowId: isChild ? choices.of(texts) : workflowId,
    rootRunId: isChild ? choices.of([uuid(KEYS_APART), uuid(2 * KEYS_APART)]) : uuid(run),
    values,
  });
}

function randomQuery(choices: Choices, depth: number): ResolvedQuery {
  const kind = depth === 0 ? 3 + choices.below(6) : choices.below(9);
  const [attribute, samples] = choices.of(comparable);
  switch (kind) {
    case 0:
      return { kind: 'all', queries: Array.from({ length: choices.below(4) }, () => randomQuery(choices, depth - 1)) };
    case 1:
      return { kind: 'any', queries: Array.from({ length: choices.below(4) }, () => randomQuery(choices, depth - 1)) };
    case 2:
      return { kind: 'not', query: randomQuery(choices, depth - 1) };
    case 3:
      return { kind: 'isNull', attribute };
    case 4:
      return { kind: 'oneOf', attribute, values: choices.some(() => choices.of(samples), 7) };
    case 5: {
      const text = choices.of([
        system('WorkflowId', 'Keyword'),
        system('RunId', 'Keyword'),
        system('RootRunId', 'Keyword'),
        system('RootWorkflowId', 'Keyword'),
        system('ParentWorkflowId', 'Keyword'),
        custom('Keyword "1"', 'Keyword'),
      ]);
      return {
        kind: 'startsWith',
        attribute: text,
        prefix: choices.of([...texts, '0000', uuid(1)] as [string, ...string[]]),
      };
    }
    case 6:
      return {
        kind: 'hasAny',
        attribute: custom('List', 'KeywordList'),
        values: choices.some(() => choices.of(texts), 7),
      };
    case 7:
      return { kind: 'matches', attribute: custom('Text', 'Text'), phrases: choices.some(() => choices.of(texts)) };
    default:
      return { kind: 'compare', attribute, operator: choices.of(['<', '<=', '>', '>=']), value: choices.of(samples) };
  }
}

async function selected(store: Store, query: ResolvedQuery, pageSize: number): Promise<readonly string[]> {
  const found: string[] = [];
  for (let after: VisibilityCursor | undefined; ;) {
    const page = await store.listVisibility({ namespaceId: NAMESPACE, query, pageSize, after });
    found.push(...page.map(({ runId }) => runId));
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return found;
    after = cursorOf(last);
  }
}

/** Each way that a list may take when there are many rows. */
function waysOf(query: ResolvedQuery): readonly (Way | undefined)[] {
  const cost = listCost(NAMESPACE, query);
  if (cost.kind === 'unbounded') return [];
  return cost.kind === 'ordered' ? [cost.way] : [...cost.choices.map(({ way }) => way), cost.instead];
}

/** As users ask: only what is in no division. */
function ofUsers(query: ResolvedQuery): ResolvedQuery {
  return { kind: 'all', queries: [visible, query] };
}

test('SQLite selects what core selects, in the same order, for any query', async () => {
  const seed = Number(process.env['SEED'] ?? 7);
  const choices = new Choices(seed);
  const file = newFile();
  const stores = [new MemoryStore(), openSqliteStore({ file })] as const;
  const keys = Array.from({ length: RUNS }, (_, index) => (index + 1) * KEYS_APART);
  const before = keys.map((run) => randomRecord(run, choices));
  const records = before.map((record, index) => {
    const again = randomRecord(keys[index] ?? 0, choices);
    return choices.below(2) === 0 ? record : { ...again, workflowId: record.workflowId };
  });
  const runs = before.map(({ workflowId: id }, index) => {
    const run = keys[index] ?? 0;
    return runWrite(run, { identity: identity(run, { id }) });
  });
  for (const store of stores) {
    const owner = await ShardOwner.of(store);
    await owner.commit({ runs, visibilityPut: before });
    for (const record of records) await owner.commit({ visibilityPut: [record] });
  }
  const connection = new QueryConnection(new DatabaseSync(file), file);
  let nonEmpty = 0;
  for (let round = 0; round < 2_000; round++) {
    const asked = randomQuery(choices, choices.below(4));
    const query = choices.below(2) === 0 ? asked : ofUsers(asked);
    const pageSize = choices.of([3, 1_000]);
    const [expected, found] = await Promise.all(stores.map((store) => selected(store, query, pageSize)));
    assert.ok(expected !== undefined);
    assert.deepEqual(found, expected, `seed ${seed}, round ${round}: ${JSON.stringify(query)}`);
    for (const way of waysOf(query)) {
      const rows = connection.all(
        listSql({ namespaceId: NAMESPACE, query, pageSize, after: undefined }, way),
        Infinity,
      );
      const page = rows.map((row) => uuidIn(row, 'run_id'));
      assert.deepEqual(page, expected.slice(0, pageSize), `seed ${seed}, round ${round}: ${JSON.stringify(way)}`);
    }
    const [count] = await stores[1].countVisibility({ namespaceId: NAMESPACE, query, groupBy: undefined });
    assert.equal(count?.count, expected.length);
    if (expected.length > 0 && expected.length < RUNS) nonEmpty += 1;
  }
  assert.ok(nonEmpty > 500, `${nonEmpty} queries told records apart`);
  await stores[1].close();
});
