import type { Command, CommandGroup } from './command.ts';
import type { Flag, FlagTable } from './flag.ts';

export interface HelpOptions {
  readonly path: readonly string[];
  readonly target: Command | CommandGroup;
  readonly globalFlags: FlagTable;
  /** Columns of the terminal. */
  readonly width: number;
}

const helpFlag: FlagTable = { help: { kind: 'boolean', short: 'h', default: false, description: 'Show this help.' } };

/** The text of `--help`. */
export function helpText({ path, target, globalFlags, width }: HelpOptions): string {
  const command = path.join(' ');
  const usage = target.kind === 'command' ? `${command} [flags]` : `${command} [command]`;
  const parts = [target.description.trim(), `Usage:\n  ${usage}`];
  if (target.kind === 'group') {
    const rows = Object.entries(target.commands).map(([name, { summary }]) => [name, summary] as const);
    parts.push(`Available Commands:\n${columns(rows, width)}`);
  } else {
    parts.push(`Flags:\n${columns(flagRows({ ...target.flags, ...helpFlag }), width)}`);
  }
  parts.push(`Global Flags:\n${columns(flagRows(globalFlags), width)}`);
  if (target.kind === 'group') parts.push(`"${command} [command] --help" tells more about a command.`);
  return `${parts.join('\n\n')}\n`;
}

function flagRows(flags: FlagTable): (readonly [string, string])[] {
  return Object.entries(flags)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, flag]) => {
      const short = flag.short === undefined ? '    ' : `-${flag.short}, `;
      return [`${short}--${name}${typeText(flag)}`, `${flag.description}${valueText(flag)}`] as const;
    });
}

function typeText(flag: Flag): string {
  switch (flag.kind) {
    case 'boolean':
      return '';
    case 'integer':
      return ' int';
    case 'duration':
      return ' duration';
    case 'list':
      return ' stringArray';
    case 'string':
    case 'choice':
      return ' string';
  }
}

function valueText(flag: Flag): string {
  switch (flag.kind) {
    case 'list':
    case 'duration':
      return '';
    case 'boolean':
      return flag.default ? ' (default true)' : '';
    case 'integer':
      return flag.default === 0 ? '' : ` (default ${flag.default})`;
    case 'string':
      return flag.default === '' ? '' : ` (default ${JSON.stringify(flag.default)})`;
    case 'choice':
      return ` Accepted values: ${flag.choices.join(', ')}. (default ${JSON.stringify(flag.default)})`;
  }
}

/** Two columns, the second wrapped at words. */
function columns(rows: readonly (readonly [string, string])[], width: number): string {
  const left = Math.max(...rows.map(([name]) => name.length));
  const indent = ' '.repeat(left + 5);
  return rows
    .map(
      ([name, text]) =>
        `  ${name.padEnd(left)}   ${wrap(text, Math.max(width - indent.length, 30)).join(`\n${indent}`)}`,
    )
    .join('\n');
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
