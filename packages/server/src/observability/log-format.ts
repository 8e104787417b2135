import type { LogFields, LogLevel } from './logger.ts';

/** One entry, before it is written. */
export interface LogEntry {
  readonly timeMs: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** Makes the one line of an entry, its line feed included. */
export type LogFormatter = (entry: LogEntry) => string;

/** `time=… level=WARN msg="…" key=value`: Go's text format, which the official command prints. */
function formatText({ timeMs, level, message, fields }: LogEntry): string {
  let line = `time=${isoTime(timeMs)} level=${level.toUpperCase()} msg=${quoted(message)}`;
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined) line += ` ${key}=${quoted(String(value))}`;
  }
  return `${line}\n`;
}

/** An object a line, with the keys of Go's JSON format. Fields cannot replace `time`, `level` and `msg`. */
function formatJson({ timeMs, level, message, fields }: LogEntry): string {
  const head = { time: isoTime(timeMs), level: level.toUpperCase(), msg: message };
  return `${JSON.stringify({ ...fields, ...head })}\n`;
}

/** `pretty` is an old name of `text`, which the official SDKs still pass to the server that they start. */
export const logFormatters = { text: formatText, json: formatJson, pretty: formatText } as const;
export type LogFormat = keyof typeof logFormatters;

/** A value that is one word stands as it is; all else is quoted, so that nothing that was logged can begin a line. */
function quoted(value: string): string {
  return /^[\w.:/@+-]+$/.test(value) ? value : JSON.stringify(value);
}

function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
