import type { Command } from '../../lib/commands.ts';

/** Commands in which every word of the text begins some word, in their groups; those whose title begins so come first. */
export function filterCommands(commands: readonly Command[], text: string): readonly Command[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const visible = [...new Map(commands.map((command) => [command.id, command])).values()].filter(
    ({ isHidden }) => isHidden !== true,
  );
  const found = visible.filter((command) => {
    const haystack = `${command.title} ${command.group} ${command.keywords ?? ''}`.toLowerCase();
    return words.every((word) => haystack.startsWith(word) || haystack.includes(` ${word}`));
  });
  const groups = Map.groupBy(found, ({ group }) => group);
  return [...groups.values()].flat();
}
