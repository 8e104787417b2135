import { globalFlags } from '../commands/global-flags.ts';
import { versionText } from '../version.ts';
import { type Command, CommandError, type CommandContext, type CommandGroup } from './command.ts';
import { findCommand } from './find-command.ts';
import { helpText } from './help.ts';
import { parseFlags } from './parse-flags.ts';
import { UsageError } from './usage-error.ts';

/** How wide help is where the terminal does not say, and at most. */
const WIDTH_DEFAULT = 80;
const WIDTH_MAX = 120;

export interface ProgramOptions {
  readonly root: CommandGroup;
  /** `perdure` or `temporal`: as it was called. */
  readonly program: string;
  /** What follows the program's name. */
  readonly words: readonly string[];
  readonly context: CommandContext;
  /** Columns of the terminal, where there is one. */
  readonly columns?: number | undefined;
}

/** Runs what was typed. Gives the exit code: 0, or 1 for whatever went wrong, which was told on stderr. */
export async function runCommandLine(options: ProgramOptions): Promise<number> {
  try {
    return await dispatch(options);
  } catch (error) {
    options.context.stderr.write(`Error: ${describe(error)}\n`);
    return 1;
  }
}

async function dispatch({ root, program, words, context, columns }: ProgramOptions): Promise<number> {
  const asksForHelp = words[0] === 'help';
  const { path, target, words: rest } = findCommand(root, globalFlags, program, asksForHelp ? words.slice(1) : words);
  const beforeOperands = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  const command: Command | CommandGroup = target.kind === 'lazy' ? await target.load() : target;
  if (asksForHelp || beforeOperands.some((word) => word === '--help' || word === '-h')) {
    const width = Math.min(columns ?? WIDTH_DEFAULT, WIDTH_MAX);
    context.stdout.write(helpText({ path, target: command, globalFlags, width }));
    return 0;
  }
  if (path.length === 1 && beforeOperands.some((word) => word === '--version' || word === '-v')) {
    context.stdout.write(`${program} version ${versionText()}\n`);
    return 0;
  }
  if (command.kind === 'command') return runCommand(command, path, rest, context);
  parseFlags(globalFlags, rest);
  context.stdout.write(helpText({ path, target: command, globalFlags, width: columns ?? WIDTH_DEFAULT }));
  return path.length === 1 ? 0 : 1;
}

async function runCommand(
  command: Command,
  path: readonly string[],
  words: readonly string[],
  context: CommandContext,
): Promise<number> {
  try {
    const parsed = parseFlags({ ...globalFlags, ...command.flags }, words);
    const [operand] = parsed.operands;
    if (operand !== undefined) throw new UsageError(`unknown command "${operand}" for "${path.join(' ')}"`);
    return await command.run(parsed, context);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${error.message}\nSee "${path.join(' ')} --help".`);
  }
}

/** What a person can mend is told in one sentence; a bug with all that helps to find it. */
function describe(error: unknown): string {
  if (error instanceof UsageError || error instanceof CommandError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
