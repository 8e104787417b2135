import { GroupAttribute, type ResolvedQuery } from '@perdure/core';
import type { Sql, SqlValue } from './sql.ts';
import { uuidBytes } from './uuid.ts';
import { attributeEntry, idEntry, isOn, zonedEntry, type Entry } from './visibility-entries.ts';
import { DIVISION } from './visibility-row.ts';
import { conditionSql, type Way } from './visibility-sql.ts';

/**
 * What a query may cost, and the way through the tables that keeps it to that.
 * - `ordered`: a list that walks an index in its order and takes every row that it meets: as cheap as its page.
 * - `counted`: each of the `choices` looks at no more rows than its statement counts (in the index, up to
 *   `CANDIDATES_MAX`). The one with the fewest is taken. If those are too many for the event loop, a thread takes it, or
 *   `instead` if it would have to look at all of them for one page.
 * - `unbounded`: may look at every row of the store; SQLite chooses how.
 */
export type QueryCost =
  | { readonly kind: 'ordered'; readonly way: Way }
  | { readonly kind: 'counted'; readonly choices: readonly [Choice, ...Choice[]]; readonly instead: Way | undefined }
  | { readonly kind: 'unbounded' };

export interface Choice {
  readonly way: Way;
  readonly candidates: Sql;
  /** Candidates up to which a thread takes it, too: any number where a page is found without looking at all of them. */
  readonly threadMax: number;
}

/** Rows up to which a query runs on the event loop: they take about 2 ms. */
export const LOOP_ROWS_MAX = 1_000;

/** More candidates are not counted: that takes less than a millisecond. */
const CANDIDATES_MAX = 20_000;

/** Values of a type or status of which each is looked at by itself. */
const VALUES_MAX = 16;

/** Pages of single texts, of which a page of several is made, that the event loop reads without counting their rows. */
const PAGES_MAX = 4;

/** Run ids of a range up to which their rows are sorted; where there are more the default order has a page soon. */
const SORTED_RUNS_MAX = 4_000;

/** The cost of a list. */
export function listCost(namespaceId: string, query: ResolvedQuery): QueryCost {
  const parts = conjuncts(query);
  const filters = parts.filter((part) => !isDivisionRule(part));
  if (filters.length === parts.length) return countCost(namespaceId, query);
  if (filters.every((part) => isOn(part, 'CloseTime', ['compare']))) {
    return { kind: 'ordered', way: throughVisibility('visibility_order') };
  }
  const instead = throughVisibility('visibility_order');
  const entries = entriesOf(filters);
  const [entry, ...others] = entries;
  const named = idChoices(namespaceId, parts, filters.length === 1);
  if (entry !== undefined && others.length === 0 && entry.parts.length === filters.length) {
    // Every row that it meets is taken. A way through zones looks into each of them where there are few such rows.
    const way = wayThrough(namespaceId, entry);
    if (entry.kind === 'attribute' && entry.values.length > PAGES_MAX) {
      return { kind: 'counted', choices: [choiceOf(namespaceId, entry)], instead };
    }
    if (entry.inOrder && way.zoned !== true) return { kind: 'ordered', way };
    if (entry.kind === 'visibility') return { kind: 'ordered', way: { ...way, together: waysOfValues(entry) } };
    if (entry.inOrder) {
      const choices = [{ way, candidates: zoneCandidates(namespaceId), threadMax: Infinity }] as const;
      return { kind: 'counted', choices: after(named, choices), instead };
    }
  }
  const rooted = filters.length === 1 && entry === undefined ? rootRange(namespaceId, filters) : undefined;
  if (rooted !== undefined) return { kind: 'counted', choices: [rooted], instead };
  return { kind: 'counted', choices: choicesOf(namespaceId, entries, named), instead };
}

/** The cost of a count, which looks at all that it selects, alone or in groups. */
export function countCost(namespaceId: string, query: ResolvedQuery, groupBy?: GroupAttribute): QueryCost {
  const parts = conjuncts(query);
  if (groupBy === GroupAttribute.ExecutionStatus && parts.length === 1 && parts.every(isDivisionRule)) {
    // An index that has them group by group.
    const choice = visibilityChoice(namespaceId, 'visibility_status', []);
    return { kind: 'counted', choices: [choice], instead: choice.way };
  }
  const named = idChoices(namespaceId, parts, false).filter(({ way }) => way.together === undefined);
  const division = parts.find((part) => isOn(part, DIVISION, ['oneOf']));
  if (division !== undefined && named.length === 0) {
    const choice = visibilityChoice(namespaceId, 'visibility_division', [division]);
    return { kind: 'counted', choices: [choice], instead: undefined };
  }
  if (named.length === 0 && !parts.some(isDivisionRule)) return { kind: 'unbounded' };
  const entries = parts.some(isDivisionRule) ? entriesOf(parts.filter((part) => !isDivisionRule(part))) : [];
  const choices = choicesOf(namespaceId, entries, named);
  const all = entries.length + named.length === 0 ? choices : forThread(choices);
  return { kind: 'counted', choices: all, instead: undefined };
}

type Choices = readonly [Choice, ...Choice[]];

function after(named: readonly Choice[], choices: Choices): Choices {
  const [first = choices[0], ...rest] = [...named, ...choices];
  return [first, ...rest];
}

function choicesOf(namespaceId: string, entries: readonly Entry[], named: readonly Choice[]): Choices {
  const [first, ...rest] = [...named, ...entries.map((entry) => choiceOf(namespaceId, entry))];
  return first === undefined ? [visibilityChoice(namespaceId, 'visibility_order', [])] : [first, ...rest];
}

/** Where all rows are wanted, in whatever order. */
function forThread([first, ...rest]: Choices): Choices {
  return [{ ...first, threadMax: Infinity }, ...rest.map((choice) => ({ ...choice, threadMax: Infinity }))];
}

/** Where indexes have the rows of parts of a query: the narrowest kinds first. */
function entriesOf(filters: readonly ResolvedQuery[]): Entry[] {
  const exact = filters.flatMap((part) => attributeEntry(part) ?? builtInEntry(part) ?? []);
  const left = filters.filter((part) => !exact.some(({ parts }) => parts.includes(part)));
  const zoned = new Map<string, Entry>();
  for (const part of left) {
    const entry = zonedEntry(part);
    if (entry === undefined) continue;
    // Both ends of a range are one way.
    const other = zoned.get(entry.name);
    zoned.set(entry.name, other === undefined ? entry : both(other, entry));
  }
  return [...exact, ...zoned.values()];
}

function both(one: Entry, other: Entry): Entry {
  return {
    ...one,
    parts: [...one.parts, ...other.parts],
    condition: `${one.condition} AND ${other.condition}`,
    values: [...one.values, ...other.values],
  };
}

/** One way for each of the values of which a list is made. */
function waysOfValues({ index, parts }: Extract<Entry, { kind: 'visibility' }>): Way[] {
  return parts.flatMap((part) => {
    if (part.kind !== 'oneOf') return [];
    return Array.from(new Set(part.values), (value) => {
      const { text, values } = conditionSql({ ...part, values: [value] });
      const way = throughVisibility(index);
      return { ...way, text: `${way.text} AND ${text}`, values };
    });
  });
}

/** The rows of types, statuses or parents; an index of `visibility` has those of one in the default order. */
function builtInEntry(part: ResolvedQuery): Entry | undefined {
  if (part.kind !== 'oneOf' || part.values.length > VALUES_MAX) return undefined;
  const [name, index] = builtInIndexes.find(([each]) => isOn(part, each, ['oneOf'])) ?? [];
  if (name === undefined || index === undefined) return undefined;
  const inOrder = part.values.length === 1;
  return { kind: 'visibility', name, index, parts: [part], condition: '1', values: [], inOrder };
}

const builtInIndexes = [
  ['WorkflowType', 'visibility_type'],
  ['ExecutionStatus', 'visibility_status'],
  ['ParentWorkflowId', 'visibility_parent'],
  ['ParentRunId', 'visibility_parent_run'],
] as const;

function choiceOf(namespaceId: string, entry: Entry): Choice {
  const way = wayThrough(namespaceId, entry);
  const { inOrder } = entry;
  if (entry.kind === 'visibility')
    return { ...visibilityChoice(namespaceId, entry.index, entry.parts), threadMax: inOrder ? Infinity : 0 };
  const text =
    entry.kind === 'attribute'
      ? `SELECT count(*) AS count FROM (SELECT 1 FROM attribute AS a WHERE ${inAttribute(entry)} LIMIT ?)`
      : `SELECT count(*) AS count FROM (SELECT 1 FROM ${throughZones(entry)} LIMIT ?)`;
  return { way, candidates: { text, values: [...way.values, CANDIDATES_MAX + 1] }, threadMax: inOrder ? Infinity : 0 };
}

function wayThrough(namespaceId: string, entry: Entry): Way {
  if (entry.kind === 'visibility') return throughVisibility(entry.index);
  const id = uuidBytes(namespaceId);
  if (entry.kind === 'attribute') return throughAttribute(id, entry);
  const row = entry.kind === 'ranged' ? 'CROSS JOIN visibility AS v ON v.run = r.run' : '';
  const name = entry.kind === 'ranged' ? [entry.under] : [];
  const text = `${throughZones(entry)} ${row} CROSS JOIN run ON run.run = v.run`;
  return { text, values: [...name, id, ...entry.values], order: 'v', zoned: true };
}

/** A run that has several of the texts stands in the index once for each. */
function throughAttribute(namespace: Uint8Array, entry: Entry): Way {
  const ways = entry.values.map((value): Way => {
    const text = `attribute AS a CROSS JOIN visibility AS v ON v.run = a.run
      AND a.${IN_NAMESPACE} AND a.name = ? AND a.value = ? CROSS JOIN run ON run.run = v.run`;
    return { text, values: [namespace, entry.name, value], order: 'a' };
  });
  const [only] = ways;
  if (only !== undefined && ways.length === 1) return only;
  const text = `SELECT DISTINCT a.run FROM attribute AS a WHERE ${inAttribute(entry)}`;
  const values = [namespace, entry.name, ...entry.values];
  return { ...runsOf({ text, values }), together: ways, overlaps: true };
}

const IN_NAMESPACE = 'namespace = (SELECT namespace FROM namespace WHERE id = ?)';

function inAttribute({ condition }: Entry): string {
  return `a.${IN_NAMESPACE} AND a.name = ? AND ${condition}`;
}

/** The rows `r` or `v` of an entry, in zone `z` after zone. */
function throughZones(entry: Extract<Entry, { kind: 'ranged' | 'zoned' }>): string {
  const rows =
    entry.kind === 'zoned'
      ? `visibility AS v INDEXED BY ${entry.index} ON v.zone = z.zone`
      : 'ranged AS r ON r.zone = z.zone AND r.name = ?';
  return `zone AS z INDEXED BY zone_order CROSS JOIN ${rows} AND z.${IN_NAMESPACE} AND ${entry.condition}`;
}

/** A look into a zone costs a third of what a row does. */
function zoneCandidates(namespaceId: string): Sql {
  const text = `SELECT count(*) / 3 AS count FROM (SELECT 1 FROM zone WHERE ${IN_NAMESPACE} LIMIT ?)`;
  return { text, values: [uuidBytes(namespaceId), 3 * (LOOP_ROWS_MAX + 1)] };
}

/** The rows of runs that are named by ids: of them where they are few, otherwise in the default order. */
function idChoices(namespaceId: string, parts: readonly ResolvedQuery[], alone: boolean): readonly Choice[] {
  const runId = parts.find((part) => isOn(part, 'RunId', ['oneOf', 'compare', 'startsWith']));
  if (runId !== undefined) return [runIdChoice(runId)];
  const workflowId = parts.find((part) => isOn(part, 'WorkflowId', ['oneOf']));
  if (workflowId !== undefined) return [workflowIdChoice(namespaceId, workflowId)];
  const root = parts.find((part) => isOn(part, 'RootWorkflowId', ['oneOf']) || isOn(part, 'RootRunId', ['oneOf']));
  return root?.kind === 'oneOf' && root.values.length <= VALUES_MAX ? rootChoices(namespaceId, root, alone) : [];
}

/**
 * The runs of a root that are its own or of its descendants; those that have no root are their own. Descendants stand in
 * the default order: where nothing else is asked for, only how many of its own a root has is to be counted.
 */
function rootChoices(
  namespaceId: string,
  part: Extract<ResolvedQuery, { kind: 'oneOf' }>,
  alone: boolean,
): readonly Choice[] {
  const ofRun = isOn(part, 'RootRunId', ['oneOf']);
  const [index, column] = ofRun ? ['visibility_root_run', 'root_run_id'] : ['visibility_root', 'root_workflow_id'];
  const [ownIndex, ownColumn] = ofRun ? ['run_run_id', 'run_id'] : ['run_id', 'id'];
  const { values } = conditionSql({ ...part, values: [...new Set(part.values)] });
  const list = values.map(() => '?').join(', ');
  const ids = [uuidBytes(namespaceId), ...values];
  const own: Sql = {
    text: `SELECT run.run FROM run INDEXED BY ${ownIndex} CROSS JOIN visibility AS own ON own.run = run.run
      WHERE run.${IN_NAMESPACE} AND run.${ownColumn} IN (${list}) AND own.${column} IS NULL`,
    values: ids,
  };
  const all: Sql = {
    text: `SELECT run FROM visibility INDEXED BY ${index} WHERE ${IN_NAMESPACE} AND ${column} IN (${list})
      UNION ALL ${own.text}`,
    values: [...ids, ...ids],
  };
  const descendants = values.map((value): Way => {
    const way = throughVisibility(index);
    return { ...way, text: `${way.text} AND v.${column} = ?`, values: [value] };
  });
  const few: Choice = alone
    ? { way: inPart(index, [...descendants, runsOf(own)]), candidates: countUpTo(own, LOOP_ROWS_MAX), threadMax: 0 }
    : { way: runsOf(all), candidates: countUpTo(all, LOOP_ROWS_MAX), threadMax: 0 };
  const roots = ofRun ? undefined : idEntry(part, 'WorkflowId');
  const owns = roots === undefined ? runsOf(own) : withoutRoot(wayThrough(namespaceId, roots));
  const candidates = alone ? zoneCandidates(namespaceId) : countUpTo(all, CANDIDATES_MAX);
  return [few, { way: inPart(index, [...descendants, owns]), candidates, threadMax: Infinity }];
}

function inPart(index: string, together: readonly Way[]): Way {
  return { ...throughVisibility(index), together };
}

function runsOf({ text, values }: Sql): Way {
  const rows = `(${text}) AS named CROSS JOIN visibility AS v ON v.run = named.run CROSS JOIN run ON run.run = v.run`;
  return { text: rows, values, order: 'v', unordered: true };
}

function countUpTo({ text, values }: Sql, most: number): Sql {
  return { text: `SELECT count(*) AS count FROM (SELECT 1 FROM (${text}) LIMIT ?)`, values: [...values, most + 1] };
}

function withoutRoot(way: Way): Way {
  return { ...way, text: `${way.text} AND v.root_workflow_id IS NULL` };
}

/** The same for a range of ids of roots. */
function rootRange(namespaceId: string, [part]: readonly ResolvedQuery[]): Choice | undefined {
  if (part === undefined || !isOn(part, 'RootWorkflowId', ['compare', 'startsWith'])) return undefined;
  const [descendants, roots] = [idEntry(part, 'RootWorkflowId'), idEntry(part, 'WorkflowId')];
  if (descendants === undefined || roots === undefined) return undefined;
  const together = [wayThrough(namespaceId, descendants), withoutRoot(wayThrough(namespaceId, roots))];
  const way = inPart('visibility_order', together);
  return { way, candidates: zoneCandidates(namespaceId), threadMax: Infinity };
}

function workflowIdChoice(namespaceId: string, part: ResolvedQuery): Choice {
  const candidatesOf = candidates('run INDEXED BY run_id', 'run', namespaceId, [part]);
  return { way: throughRuns('run_id'), candidates: candidatesOf, threadMax: 0 };
}

/** Run ids are counted in all namespaces: that takes no look at their rows. */
function runIdChoice(part: ResolvedQuery): Choice {
  const { text, values } = conditionSql(part);
  const counted = `SELECT count(*) AS count FROM (SELECT 1 FROM run INDEXED BY run_run_id WHERE ${text} LIMIT ?)`;
  return {
    way: throughRuns('run_run_id'),
    candidates: { text: counted, values: [...values, CANDIDATES_MAX + 1] },
    threadMax: SORTED_RUNS_MAX,
  };
}

function throughRuns(index: string): Way {
  return {
    text: `run INDEXED BY ${index} CROSS JOIN visibility AS v ON v.run = run.run`,
    values: [],
    order: 'v',
    unordered: true,
  };
}

function visibilityChoice(namespaceId: string, index: string, parts: readonly ResolvedQuery[]): Choice {
  const table = `visibility AS v INDEXED BY ${index}`;
  const rule = index === 'visibility_division' ? '' : 'v.division IS NULL AND';
  return {
    way: throughVisibility(index),
    candidates: candidates(table, 'v', namespaceId, parts, rule),
    threadMax: 0,
  };
}

function throughVisibility(index: string): Way {
  return { text: `visibility AS v INDEXED BY ${index} CROSS JOIN run ON run.run = v.run`, values: [], order: 'v' };
}

function candidates(
  table: string,
  alias: string,
  namespaceId: string,
  parts: readonly ResolvedQuery[],
  more = '',
): Sql {
  const condition = conditionSql({ kind: 'all', queries: parts });
  const text = `SELECT count(*) AS count FROM (SELECT 1 FROM ${table}
    WHERE ${alias}.${IN_NAMESPACE} AND ${more} ${condition.text} LIMIT ?)`;
  const values: SqlValue[] = [uuidBytes(namespaceId), ...condition.values, CANDIDATES_MAX + 1];
  return { text, values };
}

function conjuncts(query: ResolvedQuery): readonly ResolvedQuery[] {
  return query.kind === 'all' ? query.queries.flatMap(conjuncts) : [query];
}

function isDivisionRule(query: ResolvedQuery): boolean {
  return isOn(query, DIVISION, ['isNull']);
}
