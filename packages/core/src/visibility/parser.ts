import { present } from '../kernel/assert.ts';
import type { Rejection } from '../kernel/rejection.ts';
import { utf8Length } from '../kernel/utf8.ts';
import { type Token, tokenize } from './lexer.ts';
import { invalidQuery } from './query-rejection.ts';
import {
  type CompareOperator,
  type Expression,
  type IsExpression,
  type ParsedQuery,
  QUERY_CONDITIONS_MAX,
  QUERY_LITERALS_MAX,
  QUERY_NESTING_MAX,
  QUERY_SIZE_BYTES_MAX,
} from './query.ts';

/** Refuses a query that is no SQL; the detail says where it ceases to be. */
export type RefuseMalformed = (detail: string) => Rejection;

/**
 * Parses a query. Refused with InvalidArgument `invalid query: malformed SQL query: …` unless the caller says
 * otherwise. The positions in it count the bytes of the statement that Temporal makes of a query before it parses it,
 * and one beyond. `head`: what stands before it in another one, where it must be a condition. Temporal:
 * store/sql/query_converter_legacy.go, convertWhereString.
 */
export function parseQuery(query: string, refuse: RefuseMalformed = malformed, head?: string): ParsedQuery | Rejection {
  if (utf8Length(query) > QUERY_SIZE_BYTES_MAX) return refuse(`longer than ${QUERY_SIZE_BYTES_MAX} bytes`);
  return new Parser(query.trim(), refuse, head).parse();
}

function malformed(detail: string): Rejection {
  return invalidQuery(`malformed SQL query: ${detail}`);
}

const COMPARE_SYMBOLS: Readonly<Record<string, CompareOperator>> = {
  '=': '=',
  '!=': '!=',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  '<=>': '<=>',
};

const TEXT_OPERATORS: Readonly<Record<string, 'starts_with' | 'like' | 'regexp'>> = {
  starts_with: 'starts_with',
  like: 'like',
  regexp: 'regexp',
  rlike: 'regexp',
};

/**
 * Recursive descent. The first failure wins; from then on the parser stands at the end of its tokens, so that every
 * rule returns at once, with a tree that nobody reads.
 */
class Parser {
  readonly #query: string;
  readonly #refuse: RefuseMalformed;
  readonly #head: string;
  readonly #tokens: readonly Token[];
  /** A query that begins with one of these has no condition. */
  readonly #startsWithClause: boolean;
  #position = 0;
  #nesting = 0;
  #conditions = 0;
  #literals = 0;
  #failure: Rejection | undefined = undefined;

  constructor(query: string, refuse: RefuseMalformed, head: string | undefined) {
    this.#query = query;
    this.#refuse = refuse;
    this.#tokens = tokenize(query);
    this.#startsWithClause = head === undefined && /^(order|group) by/i.test(query);
    this.#head = head ?? `select * from table1 ${this.#startsWithClause ? '' : 'where '}`;
  }

  parse(): ParsedQuery | Rejection {
    const where = this.#query === '' || this.#startsWithClause ? undefined : this.#expression();
    const groupBy = this.#clause('group') ? this.#list() : [];
    const hasOrderBy = this.#clause('order');
    if (hasOrderBy) this.#orderList();
    const hasLimit = this.#acceptKeyword('limit');
    if (hasLimit) this.#limit();
    this.#acceptSymbol(';');
    if (this.#peek().kind !== 'end') this.#fail();
    return this.#failure ?? { where, groupBy, hasOrderBy, hasLimit };
  }

  #expression(): Expression {
    return this.#chain('or', '||', () => this.#chain('and', '&&', () => this.#negation()));
  }

  #chain(keyword: 'and' | 'or', symbol: string, operand: () => Expression): Expression {
    const operands = [operand()];
    while (this.#acceptKeyword(keyword) || this.#acceptSymbol(symbol)) operands.push(operand());
    return operands.length === 1 ? first(operands) : { kind: keyword, operands };
  }

  /** NOT binds tighter than AND, looser than IS. Two of them cancel out, so that a long row of them costs no depth. */
  #negation(): Expression {
    let negated = false;
    while (this.#acceptKeyword('not')) negated = !negated;
    const operand = this.#is();
    return negated ? { kind: 'not', operand } : operand;
  }

  #is(): Expression {
    let operand = this.#comparison();
    while (this.#acceptKeyword('is')) {
      const negated = this.#acceptKeyword('not');
      operand = { kind: 'is', negated, operand, test: this.#test() };
      this.#countCondition();
    }
    return operand;
  }

  #test(): IsExpression['test'] {
    for (const test of ['null', 'true', 'false'] as const) if (this.#acceptKeyword(test)) return test;
    this.#fail();
    return 'null';
  }

  #comparison(): Expression {
    const left = this.#value();
    const token = this.#peek();
    const symbol = token.kind === 'symbol' ? COMPARE_SYMBOLS[token.text] : undefined;
    if (symbol !== undefined) {
      this.#position++;
      return this.#compare(left, symbol, this.#value());
    }
    const negated = this.#acceptKeyword('not');
    if (this.#acceptKeyword('between')) return this.#between(left, negated);
    if (this.#acceptKeyword('in')) return this.#compare(left, negated ? 'not in' : 'in', this.#tuple());
    for (const [keyword, operator] of Object.entries(TEXT_OPERATORS)) {
      if (!this.#acceptKeyword(keyword)) continue;
      return this.#compare(left, negated ? `not ${operator}` : operator, this.#value());
    }
    if (negated) this.#fail();
    return left;
  }

  #compare(left: Expression, operator: CompareOperator, right: Expression): Expression {
    this.#countCondition();
    return { kind: 'compare', operator, left, right };
  }

  #between(left: Expression, negated: boolean): Expression {
    this.#countCondition();
    const from = this.#value();
    if (!this.#acceptKeyword('and')) this.#fail();
    return { kind: 'between', negated, left, from, to: this.#value() };
  }

  #tuple(): Expression {
    if (!this.#isSymbol('(')) this.#fail();
    return { kind: 'tuple', items: this.#parenthesized() };
  }

  /** Arithmetic is parsed to be refused by its name: `w-1` without quotes is a common slip. */
  #value(): Expression {
    const value = this.#signed();
    let arithmetic = false;
    while (['+', '-', '*', '/', '%', '^', '&', '|'].some((symbol) => this.#acceptSymbol(symbol))) {
      this.#signed();
      arithmetic = true;
    }
    return arithmetic ? { kind: 'arithmetic', node: 'BinaryExpr' } : value;
  }

  /** Negative numbers are literals; Temporal refuses negative fractions, which have no other way to be written. */
  #signed(): Expression {
    let signed = false;
    let negative = false;
    let complement = false;
    for (; this.#isSymbol('-') || this.#isSymbol('+') || this.#isSymbol('!'); this.#position++) {
      signed = true;
      if (this.#isSymbol('-')) negative = !negative;
      if (this.#isSymbol('!')) complement = true;
    }
    const value = this.#primary();
    if (!signed) return value;
    if (complement || value.kind !== 'number') return { kind: 'arithmetic', node: 'UnaryExpr' };
    return negative ? { kind: 'number', text: `-${value.text}` } : value;
  }

  #primary(): Expression {
    const token = this.#peek();
    if (token.kind === 'name') return this.#name();
    if (token.kind === 'string') return this.#literal({ kind: 'string', value: token.text });
    if (token.kind === 'number') return this.#literal({ kind: 'number', text: token.text });
    if (this.#isSymbol('(')) {
      const items = this.#parenthesized();
      return items.length === 1 ? { kind: 'paren', operand: first(items) } : { kind: 'tuple', items };
    }
    if (this.#acceptKeyword('null')) return { kind: 'null' };
    for (const word of ['true', 'false']) {
      if (this.#acceptKeyword(word)) return { kind: 'boolean', value: word === 'true' };
    }
    this.#fail();
    return { kind: 'null' };
  }

  #literal(literal: Expression): Expression {
    this.#position++;
    if (++this.#literals > QUERY_LITERALS_MAX) this.#failWith(`more than ${QUERY_LITERALS_MAX} values`);
    return literal;
  }

  /** A name, with at most two qualifiers before it, or a function call. */
  #name(): Expression {
    let name = this.#take().text;
    for (let qualifiers = 0; qualifiers < 2 && this.#acceptSymbol('.'); qualifiers++) {
      const token = this.#peek();
      if (token.kind !== 'name' && token.kind !== 'keyword') this.#fail();
      name += `.${this.#take().text}`;
    }
    if (!this.#isSymbol('(')) return { kind: 'name', name };
    this.#call();
    return { kind: 'call' };
  }

  #call(): void {
    this.#open();
    if (this.#acceptSymbol(')')) return;
    if (!this.#acceptSymbol('*')) this.#list();
    this.#close();
  }

  #parenthesized(): readonly Expression[] {
    this.#open();
    const items = this.#list();
    this.#close();
    return items;
  }

  #open(): void {
    const token = this.#take();
    if (++this.#nesting >= QUERY_NESTING_MAX) this.#failAt(token, 'max nesting level reached');
  }

  #close(): void {
    if (!this.#acceptSymbol(')')) this.#fail();
    this.#nesting--;
  }

  #list(): readonly Expression[] {
    const items = [this.#expression()];
    while (this.#acceptSymbol(',')) items.push(this.#expression());
    return items;
  }

  /** True for `GROUP BY` and `ORDER BY`. */
  #clause(keyword: 'group' | 'order'): boolean {
    if (!this.#acceptKeyword(keyword)) return false;
    if (!this.#acceptKeyword('by')) this.#fail();
    return true;
  }

  #orderList(): void {
    do {
      this.#expression();
      if (!this.#acceptKeyword('asc')) this.#acceptKeyword('desc');
    } while (this.#acceptSymbol(','));
  }

  #limit(): void {
    this.#expression();
    const token = this.#peek();
    const hasOffset = token.kind === 'name' && token.text.toLowerCase() === 'offset';
    if (hasOffset) this.#position++;
    if (hasOffset || this.#acceptSymbol(',')) this.#expression();
  }

  #countCondition(): void {
    if (++this.#conditions > QUERY_CONDITIONS_MAX) this.#failWith(`more than ${QUERY_CONDITIONS_MAX} conditions`);
  }

  #peek(): Token {
    return present(this.#tokens[this.#position], 'the last token is never passed');
  }

  /** The token, which is passed unless it is the last. */
  #take(): Token {
    const token = this.#peek();
    if (this.#position < this.#tokens.length - 1) this.#position++;
    return token;
  }

  #isSymbol(symbol: string): boolean {
    const token = this.#peek();
    return token.kind === 'symbol' && token.text === symbol;
  }

  #acceptSymbol(symbol: string): boolean {
    const accepted = this.#isSymbol(symbol);
    if (accepted) this.#position++;
    return accepted;
  }

  #acceptKeyword(keyword: string): boolean {
    const token = this.#peek();
    const accepted = token.kind === 'keyword' && token.text === keyword;
    if (accepted) this.#position++;
    return accepted;
  }

  /** The token that stands next is not in the grammar here. */
  #fail(): void {
    this.#failAt(this.#peek(), 'syntax error');
  }

  #failAt(token: Token, error: string): void {
    const position = utf8Length(this.#head + this.#query.slice(0, token.end)) + 1;
    const isNamed = token.kind !== 'symbol' && token.text !== '';
    this.#failWith(`${error} at position ${position}${isNamed ? ` near '${token.text}'` : ''}`);
  }

  #failWith(detail: string): void {
    this.#failure ??= this.#refuse(detail);
    this.#position = this.#tokens.length - 1;
  }
}

function first(items: readonly Expression[]): Expression {
  return present(items[0], 'a list has an item');
}
