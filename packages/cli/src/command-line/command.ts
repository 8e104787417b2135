import type { globalFlags } from '../commands/global-flags.ts';
import type { FlagTable } from './flag.ts';
import type { ParsedFlags } from './parse-flags.ts';

/** The world of a command. */
export interface CommandContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): void };
  readonly stderr: { write(text: string): void };
  /** Calls back each time somebody asks for the end of the program. */
  readonly onInterrupt: (callback: () => void) => void;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
}

/** A command that does something: one file each, under `commands/<noun>/`. */
export interface Command<Table extends FlagTable = FlagTable> {
  readonly kind: 'command';
  /** One line for the list of its parent. */
  readonly summary: string;
  /** Paragraphs for its own help. */
  readonly description: string;
  readonly flags: Table;
  /** Gives the exit code. A failure that a person can mend is thrown as a `CommandError`. */
  run(parsed: ParsedFlags<Table & typeof globalFlags>, context: CommandContext): Promise<number>;
}

/** A word that only leads to others. Its commands are loaded when they are needed. */
export interface CommandGroup {
  readonly kind: 'group';
  readonly summary: string;
  readonly description: string;
  readonly commands: Readonly<Record<string, CommandGroup | LazyCommand>>;
}

export interface LazyCommand {
  readonly kind: 'lazy';
  readonly summary: string;
  load(): Promise<Command>;
}

/** Keeps the types of a command's flags for its `run`. */
export function defineCommand<const Table extends FlagTable>(command: Omit<Command<Table>, 'kind'>): Command {
  return { kind: 'command', ...command };
}

/** A failure that the person at the keyboard can understand and mend: told as it is, without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
