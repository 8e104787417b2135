import { WorkflowExecutionStatus } from '@perdure/proto/enums';
import { unreachable } from '../kernel/assert.ts';
import { type Rejection, isRejection, reject } from '../kernel/rejection.ts';
import { AttributeType, type AttributeUse } from './attributes.ts';
import { datetimeFromNanos, parseDatetime } from './datetime.ts';
import { parseDuration } from './duration.ts';
import { nodeType } from './print.ts';
import { invalidExpression, invalidQuery, notSupported } from './query-rejection.ts';
import type { Expression } from './query.ts';
import type { AttributeScalar } from './record.ts';

/** A literal on the right side of a comparison. Integers keep their digits: they may be too large for a number. */
export type Literal =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'integer'; readonly digits: string }
  | { readonly kind: 'fraction'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean };

/** An attribute under the name that the query gave it. */
export interface Column extends AttributeUse {
  readonly alias: string;
}

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/** Reads one literal; whatever else may stand there in SQL is refused. Temporal: convertValueExpr. */
export function readLiteral(expression: Expression): Literal | Rejection {
  switch (expression.kind) {
    case 'string':
    case 'boolean':
      return expression;
    case 'number':
      return readNumber(expression.text);
    case 'name':
      return notSupported(
        `column name on the right side of comparison expression (did you forget to quote '${expression.name}'?)`,
      );
    case 'call':
      return notSupported('nested func');
    default:
      return invalidExpression(`unexpected value type ${nodeType(expression)}`);
  }
}

/** Reads the literals of a tuple, or a single one; the first refusal wins. */
export function readLiterals(expression: Expression): readonly Literal[] | Rejection {
  const literals: Literal[] = [];
  for (const item of expression.kind === 'tuple' ? expression.items : [expression]) {
    const literal = readLiteral(item);
    if (isRejection(literal)) return literal;
    literals.push(literal);
  }
  return literals;
}

function readNumber(text: string): Literal | Rejection {
  if (/^-?\d+$/.test(text)) {
    const value = BigInt(text);
    if (value >= INT64_MIN && value <= INT64_MAX) return { kind: 'integer', digits: text };
  }
  const isDecimal = /^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text);
  // Temporal refuses this without the words "invalid query": common/sqlquery/query.go, ParseValue.
  if (!isDecimal) return reject.invalidArgument(`invalid expression: unable to parse ${text}`);
  return { kind: 'fraction', value: Number(text) };
}

/**
 * Converts a literal to the form in which the attribute is compared. What converts without loss is accepted (numbers in
 * quotes, numbers for keywords), as SQLite does for Temporal; what could never match is refused.
 * Temporal: store/sql/query_converter_legacy.go, parseSQLVal; store/query/converter.go, validateValueType.
 */
export function convertLiteral(literal: Literal, column: Column): AttributeScalar | Rejection {
  const { attribute } = column;
  if (attribute.name === 'ExecutionStatus') return convertStatus(literal, column);
  if (attribute.name === 'ExecutionDuration') return convertDuration(literal, column);
  switch (attribute.type) {
    case AttributeType.Keyword:
    case AttributeType.Text:
    case AttributeType.KeywordList:
      return literal.kind === 'boolean' ? wrongType(literal, column) : column.valuePrefix + literalText(literal);
    case AttributeType.Int:
    case AttributeType.Double:
      return convertNumber(literal, column);
    case AttributeType.Bool:
      return literal.kind === 'boolean' ? literal.value : wrongType(literal, column);
    case AttributeType.Datetime:
      return convertDatetime(literal, column);
    default:
      return unreachable(attribute.type);
  }
}

/** Converts all; the first refusal wins. */
export function convertLiterals(literals: readonly Literal[], column: Column): readonly AttributeScalar[] | Rejection {
  const values: AttributeScalar[] = [];
  for (const literal of literals) {
    const value = convertLiteral(literal, column);
    if (isRejection(value)) return value;
    values.push(value);
  }
  return values;
}

function convertNumber(literal: Literal, column: Column): AttributeScalar | Rejection {
  if (literal.kind === 'boolean') return wrongType(literal, column);
  const text = literalText(literal);
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : wrongType(literal, column);
}

function convertDatetime(literal: Literal, column: Column): AttributeScalar | Rejection {
  if (literal.kind === 'integer') return datetimeFromNanos(literal.digits);
  if (literal.kind !== 'string') return unexpectedType(literal, column);
  return parseDatetime(literal.value) ?? invalidExpression(`unable to parse datetime '${literal.value}'`);
}

function convertStatus(literal: Literal, column: Column): AttributeScalar | Rejection {
  if (literal.kind === 'integer') return Number(literal.digits);
  if (literal.kind !== 'string') return unexpectedType(literal, column);
  return statusesByName.get(literal.value) ?? invalidExpression(`invalid ExecutionStatus value '${literal.value}'`);
}

function convertDuration(literal: Literal, column: Column): AttributeScalar | Rejection {
  if (literal.kind !== 'string') return convertNumber(literal, column);
  const duration = parseDuration(literal.value);
  if ('nanos' in duration) return duration.nanos;
  return invalidQuery(`invalid value for search attribute ${column.alias}: ${literal.value} (${duration.invalid})`);
}

/** Both of the protocol's spellings: `TimedOut` and `WORKFLOW_EXECUTION_STATUS_TIMED_OUT`. */
const statusesByName: ReadonlyMap<string, number> = new Map(
  Object.entries(WorkflowExecutionStatus).flatMap(([name, status]) => [
    [name, status],
    [`WORKFLOW_EXECUTION_STATUS${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`, status],
  ]),
);

function literalText(literal: Exclude<Literal, { kind: 'boolean' }>): string {
  return literal.kind === 'integer' ? literal.digits : String(literal.value);
}

/** As error texts show a literal: Go's `%#v`. */
function printLiteral(literal: Literal): string {
  if (literal.kind === 'string') return JSON.stringify(literal.value);
  return literal.kind === 'boolean' ? String(literal.value) : literalText(literal);
}

const GO_TYPES = { string: 'string', integer: 'int64', fraction: 'float64', boolean: 'bool' } as const;

function wrongType(literal: Literal, column: Column): Rejection {
  const value = `${printLiteral(literal)} (type: ${GO_TYPES[literal.kind]})`;
  const subject = `search attribute ${column.alias} of type ${column.attribute.type}`;
  return invalidExpression(`invalid value type for ${subject}: ${value}`);
}

function unexpectedType(literal: Literal, column: Column): Rejection {
  return invalidExpression(`unexpected value type ${GO_TYPES[literal.kind]} for search attribute ${column.alias}`);
}
