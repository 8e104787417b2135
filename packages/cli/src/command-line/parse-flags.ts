import type { Flag, FlagTable, FlagValues } from './flag.ts';
import { type FlagValue, parseFlagValue } from './flag-value.ts';
import { UsageError } from './usage-error.ts';

/** What was typed after the name of a command. */
export interface ParsedFlags<Table extends FlagTable = FlagTable> {
  readonly flags: FlagValues<Table>;
  /** The flags that were typed, as opposed to left at their default. */
  readonly given: ReadonlySet<string>;
  /** What is no flag. */
  readonly operands: readonly string[];
}

/**
 * Reads flags as Go's pflag does: `--name value`, `--name=value`, `-n value`, `-nvalue`, `-n=value`, letters of booleans in
 * one group, `--` for the end of flags. Texts of the refusals are those of the official command, which are pflag's.
 */
export function parseFlags<Table extends FlagTable>(table: Table, words: readonly string[]): ParsedFlags<Table> {
  const values = new Map<string, FlagValue>(Object.entries(table).map(([name, flag]) => [name, defaultOf(flag)]));
  const given = new Set<string>();
  const operands: string[] = [];
  const set = (name: string, flag: Flag, text: string): void => {
    const parsed = parseFlagValue(flag, text);
    if ('allowed' in parsed) {
      throw new UsageError(
        `invalid argument ${JSON.stringify(text)} for "${title(name, flag)}" flag: ${parsed.allowed}`,
      );
    }
    const isList = flag.kind === 'list';
    values.set(name, isList ? [...(values.get(name) as string[]), text] : parsed.value);
    given.add(name);
  };
  const reader = new WordReader(words);
  for (let word = reader.next(); word !== undefined; word = reader.next()) {
    if (word === '--') operands.push(...reader.rest());
    else if (word.startsWith('--')) readLong(table, word, reader, set);
    else if (word.startsWith('-') && word.length > 1) readShorts(table, word, reader, set);
    else operands.push(word);
  }
  return { flags: Object.fromEntries(values) as FlagValues<Table>, given, operands };
}

type SetFlag = (name: string, flag: Flag, text: string) => void;

class WordReader {
  readonly #words: readonly string[];
  #position = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  next(): string | undefined {
    return this.#words[this.#position++];
  }

  rest(): readonly string[] {
    const rest = this.#words.slice(this.#position);
    this.#position = this.#words.length;
    return rest;
  }
}

function readLong(table: FlagTable, word: string, reader: WordReader, set: SetFlag): void {
  const [, name = '', value] = /^--([^=]*)(?:=([^]*))?$/.exec(word) ?? [];
  const flag = Object.hasOwn(table, name) ? table[name] : undefined;
  if (flag === undefined) throw new UsageError(`unknown flag: --${name}`);
  const text = value ?? (flag.kind === 'boolean' ? 'true' : reader.next());
  if (text === undefined) throw new UsageError(`flag needs an argument: --${name}`);
  set(name, flag, text);
}

/** `-abc`: each letter a flag, until one takes a value, which is the rest of the word or the next word. */
function readShorts(table: FlagTable, word: string, reader: WordReader, set: SetFlag): void {
  for (let position = 1; position < word.length; position += 1) {
    const letter = word[position];
    const found = Object.entries(table).find(([, flag]) => flag.short === letter);
    if (found === undefined) throw new UsageError(`unknown shorthand flag: '${letter}' in ${word}`);
    const [name, flag] = found;
    const attached = word.slice(position + 1);
    if (flag.kind === 'boolean' && !attached.startsWith('=')) {
      set(name, flag, 'true');
      continue;
    }
    const text = attached === '' ? reader.next() : attached.replace(/^=/, '');
    if (text === undefined) throw new UsageError(`flag needs an argument: '${letter}' in ${word}`);
    set(name, flag, text);
    return;
  }
}

function defaultOf(flag: Flag): FlagValue {
  return flag.kind === 'list' ? [] : flag.default;
}

/** A flag as messages name it: `-p, --port`. */
function title(name: string, { short }: Flag): string {
  return short === undefined ? `--${name}` : `-${short}, --${name}`;
}
