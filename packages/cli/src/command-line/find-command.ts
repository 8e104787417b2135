import type { CommandGroup, LazyCommand } from './command.ts';
import type { FlagTable } from './flag.ts';
import { UsageError } from './usage-error.ts';

export interface FoundCommand {
  /** The words that lead to it, the program's name first. */
  readonly path: readonly string[];
  readonly target: CommandGroup | LazyCommand;
  /** What was typed besides those words. */
  readonly words: readonly string[];
}

/**
 * Follows the words that are no flags down the tree of commands. Flags may stand between them: of a global one that takes
 * a value, the next word is skipped too.
 */
export function findCommand(
  root: CommandGroup,
  globalFlags: FlagTable,
  program: string,
  words: readonly string[],
): FoundCommand {
  const path = [program];
  const rest: string[] = [];
  let target: CommandGroup | LazyCommand = root;
  for (let position = 0; position < words.length; position += 1) {
    const word = words[position] ?? '';
    if (target.kind === 'lazy' || word === '--') {
      rest.push(...words.slice(position));
      break;
    }
    if (word.startsWith('-') && word !== '-') {
      rest.push(word);
      if (takesNextWord(globalFlags, word) && position + 1 < words.length) rest.push(words[++position] ?? '');
      continue;
    }
    const next: CommandGroup | LazyCommand | undefined = Object.hasOwn(target.commands, word)
      ? target.commands[word]
      : undefined;
    if (next === undefined) {
      const known = Object.keys(target.commands).join(', ');
      throw new UsageError(`unknown command "${word}" for "${path.join(' ')}"; known: ${known}`);
    }
    path.push(word);
    target = next;
  }
  return { path, target, words: rest };
}

function takesNextWord(flags: FlagTable, word: string): boolean {
  if (word.includes('=')) return false;
  const name = word.replace(/^--/, '');
  const byName = Object.hasOwn(flags, name) ? flags[name] : undefined;
  const flag = word.startsWith('--') ? byName : Object.values(flags).find(({ short }) => word === `-${short}`);
  return flag !== undefined && flag.kind !== 'boolean';
}
