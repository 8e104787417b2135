/**
 * A visibility query as it was written: the condition of a SQL WHERE with an optional GROUP BY. It mirrors the nodes
 * of the parser that Temporal uses (github.com/temporalio/sqlparser), because its error texts tell them apart.
 */
export interface ParsedQuery {
  /** Undefined where the query is empty. */
  readonly where: Expression | undefined;
  readonly groupBy: readonly Expression[];
  readonly hasOrderBy: boolean;
  readonly hasLimit: boolean;
}

/** A condition or a value: the grammar does not tell them apart, `resolve.ts` does. */
export type Expression =
  | { readonly kind: 'and'; readonly operands: readonly Expression[] }
  | { readonly kind: 'or'; readonly operands: readonly Expression[] }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'paren'; readonly operand: Expression }
  | CompareExpression
  | BetweenExpression
  | IsExpression
  | { readonly kind: 'tuple'; readonly items: readonly Expression[] }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'string'; readonly value: string }
  /** The digits as written, with a sign where there was one. */
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'call' }
  /** Arithmetic, which is known and refused: the node's name in the parser. */
  | { readonly kind: 'arithmetic'; readonly node: 'BinaryExpr' | 'UnaryExpr' };

export interface CompareExpression {
  readonly kind: 'compare';
  readonly operator: CompareOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export interface BetweenExpression {
  readonly kind: 'between';
  readonly negated: boolean;
  readonly left: Expression;
  readonly from: Expression;
  readonly to: Expression;
}

export interface IsExpression {
  readonly kind: 'is';
  readonly negated: boolean;
  readonly operand: Expression;
  readonly test: 'null' | 'true' | 'false';
}

/** As error texts spell them. Those after `not starts_with` are known to the grammar and always refused. */
export type CompareOperator =
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'in'
  | 'not in'
  | 'starts_with'
  | 'not starts_with'
  | 'like'
  | 'not like'
  | 'regexp'
  | 'not regexp'
  | '<=>';

/** UTF-8 bytes of a query. No limit of Temporal's: it bounds what one request may cost. */
export const QUERY_SIZE_BYTES_MAX = 256 * 1024;

/** Parentheses within parentheses. Temporal: sqlparser, incNesting. */
export const QUERY_NESTING_MAX = 200;

/** Comparisons in a query. Not Temporal's: SQLite refuses expression trees deeper than 1000. */
export const QUERY_CONDITIONS_MAX = 500;

/** Literals in a query. Not Temporal's: SQLite binds at most 32766 values. */
export const QUERY_LITERALS_MAX = 10_000;
