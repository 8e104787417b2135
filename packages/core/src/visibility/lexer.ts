/** A piece of a query. `end` is the index after its last character. */
export interface Token {
  /** `invalid` closes the list like `end` does: nothing can follow it. */
  readonly kind: 'name' | 'keyword' | 'string' | 'number' | 'symbol' | 'invalid' | 'end';
  /** The name, the keyword in lower case, the text without quotes and escapes, the digits, the symbol. */
  readonly text: string;
  readonly end: number;
}

/** Words that are never a bare name. Back quotes make a name of any word. */
const KEYWORDS: ReadonlySet<string> = new Set(
  (
    'and or not in between is null true false starts_with like regexp rlike group order by asc desc limit ' +
    'where having select from union for lock case when exists default escape'
  ).split(' '),
);

/** Longest first. Not all are in the grammar: the others make a better error text. */
const SYMBOLS = ['<=>', '<=', '>=', '<>', '!=', '&&', '||', ...'= < > ( ) , ; . + - * / % ! ~ ^ & |'.split(' ')];

/** What a backslash makes of the next character; any other stands for itself. Temporal: sqlparser, SQLDecodeMap. */
const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  b: '\b',
  n: '\n',
  r: '\r',
  t: '\t',
  Z: '\x1a',
};

/** White space and comments. */
const BLANK = /(?:[ \n\r\t]|\/\*[^]*?\*\/|(?:--|\/\/)[^\n]*)*/y;
const WORD = /[A-Za-z_@][A-Za-z_@0-9]*/y;
const NUMBER = /0[xX][0-9a-fA-F]*|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d*)?/y;
const LETTER = /[A-Za-z_@]/y;

/** Splits a query into tokens. The last one is always `end` or `invalid`. Temporal: sqlparser, token.go. */
export function tokenize(query: string): readonly Token[] {
  const tokens: Token[] = [];
  let index = 0;
  for (;;) {
    index += match(BLANK, query, index).length;
    const token = nextToken(query, index);
    tokens.push(token);
    if (token.kind === 'end' || token.kind === 'invalid') return tokens;
    index = token.end;
  }
}

function nextToken(query: string, start: number): Token {
  const first = query[start];
  if (first === undefined) return { kind: 'end', text: '', end: start };
  if (first === "'" || first === '"') return quoted('string', query, start, first);
  if (first === '`') return quoted('name', query, start, first);
  const word = match(WORD, query, start);
  if (word !== '') return wordToken(word, start + word.length);
  const number = match(NUMBER, query, start);
  if (number !== '') return numberToken(number, query, start + number.length);
  const symbol = SYMBOLS.find((each) => query.startsWith(each, start));
  if (symbol !== undefined) return { kind: 'symbol', text: symbol, end: start + symbol.length };
  return { kind: 'invalid', text: first, end: start + 1 };
}

function wordToken(word: string, end: number): Token {
  const lower = word.toLowerCase();
  return KEYWORDS.has(lower) ? { kind: 'keyword', text: lower, end } : { kind: 'name', text: word, end };
}

function numberToken(text: string, query: string, end: number): Token {
  const followedByLetter = match(LETTER, query, end) !== '';
  return { kind: followedByLetter ? 'invalid' : 'number', text, end };
}

/** A text or a back-quoted name; the doubled quote stands for itself, and in texts the backslash escapes. */
function quoted(kind: 'string' | 'name', query: string, start: number, quote: string): Token {
  let text = '';
  let index = start + 1;
  for (;;) {
    const character = query[index];
    if (character === undefined) return { kind: 'invalid', text, end: index };
    index++;
    if (character === quote) {
      if (query[index] !== quote) break;
      index++;
      text += quote;
    } else if (character === '\\' && kind === 'string') {
      const escaped = query[index];
      if (escaped === undefined) return { kind: 'invalid', text, end: index };
      index++;
      text += ESCAPES[escaped] ?? escaped;
    } else {
      text += character;
    }
  }
  return { kind: kind === 'name' && text === '' ? 'invalid' : kind, text, end: index };
}

/** What the sticky pattern matches at the index; empty where it does not. */
function match(pattern: RegExp, text: string, index: number): string {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0] ?? '';
}
