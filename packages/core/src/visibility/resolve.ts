import { type Rejection, isRejection } from '../kernel/rejection.ts';
import { AttributeType, type CustomAttributes, findAttribute } from './attributes.ts';
import { type GroupAttribute, isGroupAttribute } from './group.ts';
import { type Column, convertLiteral, convertLiterals, readLiteral, readLiterals } from './literal.ts';
import { parseQuery } from './parser.ts';
import { nodeType, printExpression } from './print.ts';
import { invalidExpression, notSupported } from './query-rejection.ts';
import type {
  BetweenExpression,
  CompareExpression,
  CompareOperator,
  Expression,
  IsExpression,
  ParsedQuery,
} from './query.ts';
import type { AttributeScalar } from './record.ts';
import { resolveListComparison, resolveTextComparison } from './resolve-token.ts';
import type { ResolvedQuery } from './resolved-query.ts';

/** A query that counts: what it selects, and by what it groups. */
export interface CountQuery {
  readonly query: ResolvedQuery;
  readonly groupBy: GroupAttribute | undefined;
}

/** The attribute that hides a row from every query that does not mention it. */
const DIVISION = 'TemporalNamespaceDivision';

/** What is known while one query is resolved. */
interface Scope {
  readonly custom: CustomAttributes;
  divisionMentioned: boolean;
}

/**
 * Resolves a query for a list. Empty selects all; rows with a TemporalNamespaceDivision (of schedules, batches and the
 * like) are left out unless the query mentions that attribute. Refused with InvalidArgument `invalid query: …`.
 * Temporal: store/sql/query_converter_legacy.go, whose texts these are; where that leaves a wrong type to the database,
 * the texts are those of store/query/converter.go.
 */
export function resolveListQuery(query: string, custom: CustomAttributes): ResolvedQuery | Rejection {
  const resolved = resolveCountQuery(query, custom);
  if (isRejection(resolved)) return resolved;
  return resolved.groupBy === undefined ? resolved.query : notSupported("'GROUP BY' clause");
}

/** Resolves a query for a count, which may have a GROUP BY. See {@link resolveListQuery}. */
export function resolveCountQuery(query: string, custom: CustomAttributes): CountQuery | Rejection {
  const parsed = parseQuery(query);
  if (isRejection(parsed)) return parsed;
  if (parsed.hasOrderBy) return notSupported("'ORDER BY' clause");
  if (parsed.hasLimit) return notSupported("'LIMIT' clause");
  const scope: Scope = { custom, divisionMentioned: false };
  const where = parsed.where === undefined ? undefined : resolveCondition(parsed.where, scope);
  if (isRejection(where)) return where;
  const groupBy = resolveGroupBy(parsed, scope);
  if (isRejection(groupBy)) return groupBy;
  return { query: withDivisionRule(where, scope), groupBy };
}

function withDivisionRule(where: ResolvedQuery | undefined, scope: Scope): ResolvedQuery {
  if (scope.divisionMentioned) return where ?? { kind: 'all', queries: [] };
  const attribute = { origin: 'predefined', name: DIVISION, type: AttributeType.Keyword } as const;
  const rule: ResolvedQuery = { kind: 'isNull', attribute };
  return where === undefined ? rule : { kind: 'all', queries: [where, rule] };
}

function resolveGroupBy({ groupBy }: ParsedQuery, scope: Scope): GroupAttribute | Rejection | undefined {
  const [expression, ...others] = groupBy;
  if (expression === undefined) return undefined;
  if (others.length > 0) return notSupported("'GROUP BY' clause supports only a single field");
  const column = resolveColumn(expression, scope);
  if (isRejection(column)) return column;
  const { name } = column.attribute;
  if (isGroupAttribute(name)) return name;
  return notSupported(`'GROUP BY' clause is not supported for search attribute ${column.alias}`);
}

function resolveCondition(expression: Expression, scope: Scope): ResolvedQuery | Rejection {
  switch (expression.kind) {
    case 'and':
      return resolveOperands('all', expression.operands, scope);
    case 'or':
      return resolveOperands('any', expression.operands, scope);
    case 'not':
      return negateIf(true, resolveCondition(expression.operand, scope));
    case 'paren':
      return resolveCondition(expression.operand, scope);
    case 'compare':
      return resolveComparison(expression, scope);
    case 'between':
      return resolveRange(expression, scope);
    case 'is':
      return resolveIs(expression, scope);
    case 'name':
      return invalidExpression('incomplete expression');
    case 'call':
      return notSupported('function expression');
    default:
      return notSupported(`expression of type ${nodeType(expression)}`);
  }
}

function resolveOperands(
  kind: 'all' | 'any',
  operands: readonly Expression[],
  scope: Scope,
): ResolvedQuery | Rejection {
  const queries: ResolvedQuery[] = [];
  for (const operand of operands) {
    const query = resolveCondition(operand, scope);
    if (isRejection(query)) return query;
    queries.push(query);
  }
  return { kind, queries };
}

function resolveColumn(expression: Expression, scope: Scope): Column | Rejection {
  if (expression.kind !== 'name') {
    return invalidExpression(`must be a column name but was ${nodeType(expression)}`);
  }
  const use = findAttribute(expression.name, scope.custom);
  if (use === undefined) {
    return invalidExpression(`column name '${expression.name}' is not a valid search attribute`);
  }
  if (use.attribute.name === DIVISION) scope.divisionMentioned = true;
  return { ...use, alias: expression.name };
}

function resolveIs(expression: IsExpression, scope: Scope): ResolvedQuery | Rejection {
  const column = resolveColumn(expression.operand, scope);
  if (isRejection(column)) return column;
  if (expression.test !== 'null') {
    return invalidExpression("'IS' operator can only be used with 'NULL' or 'NOT NULL'");
  }
  return negateIf(expression.negated, { kind: 'isNull', attribute: column.attribute });
}

const RANGE_TYPES: ReadonlySet<AttributeType> = new Set(['Datetime', 'Double', 'Int', 'Keyword']);

function resolveRange(expression: BetweenExpression, scope: Scope): ResolvedQuery | Rejection {
  const column = resolveColumn(expression.left, scope);
  if (isRejection(column)) return column;
  const { attribute, alias } = column;
  if (!RANGE_TYPES.has(attribute.type)) {
    return invalidExpression(`cannot do range condition on search attribute '${alias}' of type ${attribute.type}`);
  }
  const from = resolveValue(expression.from, column);
  if (isRejection(from)) return from;
  const to = resolveValue(expression.to, column);
  if (isRejection(to)) return to;
  return negateIf(expression.negated, {
    kind: 'all',
    queries: [
      { kind: 'compare', attribute, operator: '>=', value: from },
      { kind: 'compare', attribute, operator: '<=', value: to },
    ],
  });
}

const REFUSED_OPERATORS: ReadonlySet<CompareOperator> = new Set(['like', 'not like', 'regexp', 'not regexp', '<=>']);

function resolveComparison(expression: CompareExpression, scope: Scope): ResolvedQuery | Rejection {
  if (REFUSED_OPERATORS.has(expression.operator)) {
    return invalidExpression(`invalid operator '${expression.operator}' in \`${printExpression(expression)}\``);
  }
  const column = resolveColumn(expression.left, scope);
  if (isRejection(column)) return column;
  switch (column.attribute.type) {
    case AttributeType.KeywordList:
      return resolveListComparison(expression, column);
    case AttributeType.Text:
      return resolveTextComparison(expression, column);
    default:
      return resolveScalarComparison(expression, column);
  }
}

function resolveScalarComparison(expression: CompareExpression, column: Column): ResolvedQuery | Rejection {
  const { attribute } = column;
  const { operator, right } = expression;
  if (operator === 'in' || operator === 'not in') {
    const values = resolveValues(right, column);
    return isRejection(values) ? values : negateIf(operator === 'not in', { kind: 'oneOf', attribute, values });
  }
  if (operator === 'starts_with' || operator === 'not starts_with') {
    return negateIf(operator === 'not starts_with', resolvePrefix(expression, column));
  }
  const value = resolveValue(right, column);
  if (isRejection(value)) return value;
  switch (operator) {
    case '=':
    case '!=':
      return negateIf(operator === '!=', { kind: 'oneOf', attribute, values: [value] });
    case '<':
    case '<=':
    case '>':
    case '>=':
      return { kind: 'compare', attribute, operator, value };
    default:
      return invalidExpression(`invalid operator '${operator}' in \`${printExpression(expression)}\``);
  }
}

function resolvePrefix({ operator, right }: CompareExpression, column: Column): ResolvedQuery | Rejection {
  const { attribute, alias } = column;
  const values = resolveValues(right, column);
  if (isRejection(values)) return values;
  const prefix = right.kind === 'string' ? values[0] : undefined;
  if (attribute.type === AttributeType.Keyword && typeof prefix === 'string') {
    return { kind: 'startsWith', attribute, prefix };
  }
  if (right.kind !== 'string' || attribute.name === 'ExecutionStatus') {
    const shown = prefix === undefined ? printExpression(right) : String(prefix);
    return invalidExpression(`right-hand side of '${operator}' must be a literal string (got: ${shown})`);
  }
  const subject = `${attribute.type} type search attribute '${alias}'`;
  return notSupported(`operator '${operator.toUpperCase()}' not supported for ${subject}`);
}

/** The value of a single literal. */
function resolveValue(expression: Expression, column: Column): AttributeScalar | Rejection {
  const literal = readLiteral(expression);
  return isRejection(literal) ? literal : convertLiteral(literal, column);
}

/** The values of a tuple, or of a single literal. */
function resolveValues(expression: Expression, column: Column): readonly AttributeScalar[] | Rejection {
  const literals = readLiterals(expression);
  return isRejection(literals) ? literals : convertLiterals(literals, column);
}

function negateIf(negated: boolean, query: ResolvedQuery | Rejection): ResolvedQuery | Rejection {
  return isRejection(query) || !negated ? query : { kind: 'not', query };
}
