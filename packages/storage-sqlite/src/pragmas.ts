import { StoreError, StoreFailure } from '@perdure/storage/error';

/** Pragmas that tune a connection and cannot cost durability. SQLite: sqlite.org/pragma.html. */
const tuning = [
  'busy_timeout',
  'cache_size',
  'cache_spill',
  'checkpoint_fullfsync',
  'fullfsync',
  'journal_size_limit',
  'max_page_count',
  'mmap_size',
  'temp_store',
  'threads',
] as const;

/** The values that keep what was confirmed, of the pragmas that decide it; any other value is set aside with a warning. */
const durable: ReadonlyMap<string, readonly string[]> = new Map([
  ['journal_mode', ['wal']],
  ['synchronous', ['full', 'extra', '2', '3']],
]);

/** What is done with the pragmas that a user names. */
export interface PragmaChoice {
  /** Statements for each connection. */
  readonly statements: readonly string[];
  /** What was set aside, and why: for the log. */
  readonly warnings: readonly string[];
}

/**
 * Checks the pragmas of `--sqlite-pragma`. Unknown names and malformed values are refused with a {@link StoreError};
 * values that would weaken durability are set aside with a warning, so that scripts written for servers that need them
 * (`journal_mode=wal`, `synchronous=normal`) run, and nothing confirmed is ever lost.
 */
export function choosePragmas(pragmas: ReadonlyMap<string, string>): PragmaChoice {
  const statements: string[] = [];
  const warnings: string[] = [];
  for (const [givenName, givenValue] of pragmas) {
    const name = givenName.trim().toLowerCase();
    const value = givenValue.trim().toLowerCase();
    const allowed = durable.get(name);
    if (allowed === undefined && !tuning.some((known) => known === name)) throw refused(givenName, allowedNames());
    if (!/^(-?\d{1,15}|[a-z_]{1,20})$/.test(value))
      throw refused(`${name}=${givenValue}`, 'a number or a word as value');
    if (allowed !== undefined && !allowed.includes(value)) {
      warnings.push(
        `SQLite pragma ${name}=${givenValue} is set aside: it could lose what was confirmed (${name}=${allowed[0]} stays)`,
      );
    } else if (name !== 'journal_mode') statements.push(`PRAGMA ${name} = ${value}`);
  }
  return { statements, warnings };
}

function allowedNames(): string {
  return [...durable.keys(), ...tuning].join(', ');
}

function refused(what: string, allowed: string): StoreError {
  return new StoreError(
    StoreFailure.Setting,
    `SQLite pragma ${JSON.stringify(what)} is not allowed; allowed: ${allowed}`,
  );
}
