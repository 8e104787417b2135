import { quoted } from './query-text.ts';
import { readRelativeTime, relativeTimeSource, writeRelativeTime } from './times.ts';

/** A condition of a list query, as the builder shows it: `StartTime >= "2026-08-22T10:00:00Z"`. */
export interface Filter {
  readonly attribute: string;
  readonly operator: Operator;
  /** Several for `IN`, none for `IS NULL`. Without quotes. A time may move with the clock: `now - 1h`. */
  readonly values: readonly string[];
}

export type Operator =
  | '='
  | '!='
  | '>'
  | '>='
  | '<'
  | '<='
  | 'IN'
  | 'NOT IN'
  | 'STARTS_WITH'
  | 'NOT STARTS_WITH'
  | 'IS NULL'
  | 'IS NOT NULL';

interface Token {
  readonly kind: 'time' | 'name' | 'string' | 'number' | 'mark';
  readonly text: string;
}

const pattern = new RegExp(
  [
    String.raw`\s*(?:(${relativeTimeSource})`,
    String.raw`(${'`'}[^${'`'}]+${'`'}|[A-Za-z_][\w.-]*)`,
    String.raw`("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')`,
    String.raw`(-?\d+(?:\.\d+)?)`,
    String.raw`(!=|>=|<=|[=<>(),]))`,
  ].join('|'),
  'iy',
);

function tokenize(query: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  while (query.slice(pattern.lastIndex).trim() !== '') {
    const match = pattern.exec(query);
    if (match === null) return undefined;
    const [, time, name, string, number, mark = ''] = match;
    if (time !== undefined) tokens.push({ kind: 'time', text: time });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name.replaceAll('`', '') });
    else if (string !== undefined) tokens.push({ kind: 'string', text: unquote(string) });
    else if (number === undefined) tokens.push({ kind: 'mark', text: mark });
    else tokens.push({ kind: 'number', text: number });
  }
  return tokens;
}

function unquote(text: string): string {
  return text.slice(1, -1).replaceAll(/\\(.)/g, '$1');
}

/**
 * Reads a query as conditions that all hold. Undefined where it says more than that (OR, parentheses, ORDER BY…): the
 * builder then leaves it to the text.
 */
export function readFilters(query: string): readonly Filter[] | undefined {
  const tokens = tokenize(query);
  if (tokens === undefined) return undefined;
  const filters: Filter[] = [];
  let rest = tokens;
  while (rest.length > 0) {
    if (filters.length > 0) {
      if (rest[0]?.text.toUpperCase() !== 'AND') return undefined;
      rest = rest.slice(1);
    }
    const read = readFilter(rest);
    if (read === undefined) return undefined;
    filters.push(read.filter);
    rest = read.rest;
  }
  return filters;
}

type Read = { readonly filter: Filter; readonly rest: readonly Token[] } | undefined;

function readFilter(tokens: readonly Token[]): Read {
  const [name, ...after] = tokens;
  if (name?.kind !== 'name') return undefined;
  const words = after.slice(0, 3).map(({ text }) => text.toUpperCase());
  const operator = operators.find((each) => each.split(' ').every((word, index) => words[index] === word));
  if (operator === undefined) return undefined;
  const rest = after.slice(operator.split(' ').length);
  if (operator === 'IS NULL' || operator === 'IS NOT NULL') {
    return { filter: { attribute: name.text, operator, values: [] }, rest };
  }
  return operator === 'IN' || operator === 'NOT IN'
    ? readList(name.text, operator, rest)
    : readOne(name.text, operator, rest);
}

/** Longer ones first: `NOT IN` before `IN`. */
const operators: readonly Operator[] = [
  'IS NOT NULL',
  'IS NULL',
  'NOT STARTS_WITH',
  'NOT IN',
  'STARTS_WITH',
  'IN',
  '!=',
  '>=',
  '<=',
  '=',
  '>',
  '<',
];

function readOne(attribute: string, operator: Operator, [value, ...rest]: readonly Token[]): Read {
  if (value === undefined || value.kind === 'mark') return undefined;
  if (value.kind === 'name' && !/^(true|false)$/i.test(value.text)) return undefined;
  return { filter: { attribute, operator, values: [value.text] }, rest };
}

function readList(attribute: string, operator: Operator, tokens: readonly Token[]): Read {
  const end = tokens.findIndex(({ kind, text }) => kind === 'mark' && text === ')');
  if (tokens[0]?.text !== '(' || end < 0) return undefined;
  const values = tokens.slice(1, end).filter(({ kind }) => kind !== 'mark');
  return { filter: { attribute, operator, values: values.map(({ text }) => text) }, rest: tokens.slice(end + 1) };
}

/** How values are written: those of numbers and truth values without quotes. */
export type AttributeKind = 'Text' | 'Keyword' | 'KeywordList' | 'Int' | 'Double' | 'Bool' | 'Datetime';

export function writeFilters(filters: readonly Filter[], kindOf: (attribute: string) => AttributeKind): string {
  return filters.map((filter) => writeFilter(filter, kindOf(filter.attribute))).join(' AND ');
}

function writeFilter({ attribute, operator, values }: Filter, kind: AttributeKind): string {
  const name = /^[A-Za-z_]\w*$/.test(attribute) ? attribute : `\`${attribute}\``;
  const written = values.map((value) => writeValue(value, kind));
  if (values.length === 0) return `${name} ${operator}`;
  return operator === 'IN' || operator === 'NOT IN'
    ? `${name} ${operator} (${written.join(', ')})`
    : `${name} ${operator} ${written[0] ?? '""'}`;
}

function writeValue(value: string, kind: AttributeKind): string {
  if ((kind === 'Int' || kind === 'Double') && /^-?\d+(\.\d+)?$/.test(value)) return value;
  const relative = kind === 'Datetime' ? readRelativeTime(value) : undefined;
  if (relative !== undefined) return writeRelativeTime(relative);
  if (kind === 'Bool' && /^(true|false)$/i.test(value)) return value.toLowerCase();
  return quoted(value);
}

/** The filters with one more; for the same attribute and `=` it takes the place of the one that was there. */
export function withFilter(filters: readonly Filter[], filter: Filter): readonly Filter[] {
  const others = filters.filter(
    ({ attribute, operator }) => attribute !== filter.attribute || operator !== filter.operator,
  );
  return [...others, filter];
}
