import { type Rejection, isRejection } from '../kernel/rejection.ts';
import { type Column, readLiterals } from './literal.ts';
import { printExpression } from './print.ts';
import { invalidExpression } from './query-rejection.ts';
import type { CompareExpression, CompareOperator } from './query.ts';
import type { ResolvedQuery } from './resolved-query.ts';
import { textPhrases } from './text-tokens.ts';

const LIST_OPERATORS: ReadonlySet<CompareOperator> = new Set(['=', '!=', 'in', 'not in']);
const TEXT_OPERATORS: ReadonlySet<CompareOperator> = new Set(['=', '!=']);

/** A comparison of a KeywordList: that it holds one of some values. Temporal: query_converter_legacy_sqlite.go. */
export function resolveListComparison(expression: CompareExpression, column: Column): ResolvedQuery | Rejection {
  const { operator, right } = expression;
  const literals = readLiterals(right);
  if (isRejection(literals)) return literals;
  if (!LIST_OPERATORS.has(operator)) return refusedOperator(expression, column);
  const isIn = operator === 'in' || operator === 'not in';
  if (!isIn && right.kind !== 'string') return expectedString('', printExpression(right));
  const values: string[] = [];
  for (const literal of literals) {
    if (literal.kind === 'string') values.push(literal.value);
    else return expectedString(' in tuple', literal.kind === 'integer' ? literal.digits : String(literal.value));
  }
  const query: ResolvedQuery = { kind: 'hasAny', attribute: column.attribute, values };
  return operator === '!=' || operator === 'not in' ? { kind: 'not', query } : query;
}

/** A comparison of a Text: that one of the phrases between spaces is in it. */
export function resolveTextComparison(expression: CompareExpression, column: Column): ResolvedQuery | Rejection {
  const { operator, right } = expression;
  const literals = readLiterals(right);
  if (isRejection(literals)) return literals;
  if (!TEXT_OPERATORS.has(operator)) return refusedOperator(expression, column);
  if (right.kind !== 'string') return expectedString('', printExpression(right));
  if (/^ *$/.test(right.value)) {
    const shown = printExpression(right);
    return invalidExpression(`unexpected value for Text type search attribute (no tokens found in ${shown})`);
  }
  const phrases = textPhrases(right.value);
  const nothing: ResolvedQuery = { kind: 'any', queries: [] };
  const query = phrases.length === 0 ? nothing : ({ kind: 'matches', attribute: column.attribute, phrases } as const);
  return operator === '!=' ? { kind: 'not', query } : query;
}

function refusedOperator(expression: CompareExpression, { attribute }: Column): Rejection {
  const subject = `${attribute.type} type search attribute in \`${printExpression(expression)}\``;
  return invalidExpression(`operator '${expression.operator}' not supported for ${subject}`);
}

function expectedString(where: string, got: string): Rejection {
  return invalidExpression(`unexpected value type${where} (expected string, got ${got})`);
}
