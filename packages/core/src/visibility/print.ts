import { unreachable } from '../kernel/assert.ts';
import type { Expression } from './query.ts';

/** An expression as error texts show it: normalised SQL, lower-case operators, texts in single quotes. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.operands.map(printExpression).join(` ${expression.kind} `);
    case 'not':
      return `not ${printExpression(expression.operand)}`;
    case 'paren':
      return `(${printExpression(expression.operand)})`;
    case 'compare':
      return `${printExpression(expression.left)} ${expression.operator} ${printExpression(expression.right)}`;
    case 'between': {
      const operator = expression.negated ? 'not between' : 'between';
      const bounds = `${printExpression(expression.from)} and ${printExpression(expression.to)}`;
      return `${printExpression(expression.left)} ${operator} ${bounds}`;
    }
    case 'is':
      return `${printExpression(expression.operand)} is ${expression.negated ? 'not ' : ''}${expression.test}`;
    case 'tuple':
      return `(${expression.items.map(printExpression).join(', ')})`;
    case 'name':
      return expression.name;
    case 'string':
      return `'${expression.value.replaceAll("'", "''")}'`;
    case 'number':
      return expression.text;
    case 'boolean':
      return String(expression.value);
    case 'null':
      return 'null';
    case 'call':
      return 'function()';
    case 'arithmetic':
      return 'arithmetic';
    default:
      return unreachable(expression);
  }
}

/** The Go type of the expression's node in Temporal's parser, which error texts show. */
export function nodeType(expression: Expression): string {
  switch (expression.kind) {
    case 'and':
      return '*sqlparser.AndExpr';
    case 'or':
      return '*sqlparser.OrExpr';
    case 'not':
      return '*sqlparser.NotExpr';
    case 'paren':
      return '*sqlparser.ParenExpr';
    case 'compare':
      return '*sqlparser.ComparisonExpr';
    case 'between':
      return '*sqlparser.RangeCond';
    case 'is':
      return '*sqlparser.IsExpr';
    case 'tuple':
      return 'sqlparser.ValTuple';
    case 'name':
      return '*sqlparser.ColName';
    case 'string':
    case 'number':
      return '*sqlparser.SQLVal';
    case 'boolean':
      return 'sqlparser.BoolVal';
    case 'null':
      return '*sqlparser.NullVal';
    case 'call':
      return '*sqlparser.FuncExpr';
    case 'arithmetic':
      return `*sqlparser.${expression.node}`;
    default:
      return unreachable(expression);
  }
}
