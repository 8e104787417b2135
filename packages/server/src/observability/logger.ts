import type { LogFormatter } from './log-format.ts';

/** From the least to the most urgent. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * What may be logged beside the message: scalars only, so that no payload, header or request ever gets into a log.
 * Fields that are undefined are left out.
 */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds these fields to each of its entries. */
  with(fields: LogFields): Logger;
}

export interface LoggerOptions {
  /** The least urgent level that is written; `never` writes nothing. */
  readonly level: LogLevel | 'never';
  readonly format: LogFormatter;
  /** The clock of the entries, milliseconds since the epoch. */
  readonly now: () => number;
  /** Takes each line, its line feed included. */
  readonly write: (line: string) => void;
}

/** The longest string that is logged, in UTF-16 units; the rest is cut off. */
const STRING_LENGTH_MAX = 4_096;

export function createLogger(options: LoggerOptions): Logger {
  return withFields(options, {});
}

/** Writes nothing. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  with: () => silentLogger,
};

/** An error as one string for a field: its stack with those of its causes. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = error.stack ?? String(error);
  return error.cause === undefined ? text : `${text}\ncaused by ${errorText(error.cause)}`;
}

function withFields(options: LoggerOptions, own: LogFields): Logger {
  const at = (level: LogLevel) => {
    if (options.level === 'never' || logLevels.indexOf(level) < logLevels.indexOf(options.level)) return () => {};
    return (message: string, fields?: LogFields): void => {
      const entry = { timeMs: options.now(), level, message: cut(message), fields: scalars({ ...own, ...fields }) };
      options.write(options.format(entry));
    };
  };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    with: (fields) => withFields(options, { ...own, ...fields }),
  };
}

/** The type says that fields are scalars; what came through a cast is named by its type only. */
function scalars(fields: LogFields): LogFields {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, scalar(value)]));
}

function scalar(value: unknown): LogFields[string] {
  if (typeof value === 'string') return cut(value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === undefined) return value;
  return `[${typeof value}]`;
}

function cut(text: string): string {
  return text.length <= STRING_LENGTH_MAX ? text : `${text.slice(0, STRING_LENGTH_MAX)}…`;
}
