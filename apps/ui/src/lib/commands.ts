import { useEffect, useRef, useSyncExternalStore } from 'react';

/**
 * What can be done on the screen at hand. Each part registers its commands while it is shown; the palette lists them, a
 * key runs them, and the help shows those with keys. One list, so that the three never differ.
 */
export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: string;
  /** Keys one after another, as the help shows them: `g w`, `?`, `Mod+k`. */
  readonly keys?: string | undefined;
  readonly keywords?: string | undefined;
  /** Kept out of the palette, for keys that only make sense as keys. */
  readonly isHidden?: boolean | undefined;
  readonly run: () => void;
}

let registered: readonly Command[] = [];
const listeners = new Set<() => void>();

function change(next: readonly Command[]): void {
  registered = next;
  for (const listener of listeners) listener();
}

/** Registers commands while the component is mounted; `run` may change with each render at no cost. */
export function useCommands(commands: readonly Command[]): void {
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  const signature = commands
    .map(({ id, title, group, keys }) => `${id}\n${title}\n${group}\n${keys ?? ''}`)
    .join('\n\n');
  useEffect(() => {
    const own = latest.current.map((command): Command => ({
      ...command,
      run: () => latest.current.find(({ id }) => id === command.id)?.run(),
    }));
    change([...registered, ...own]);
    return () => change(registered.filter((command) => !own.includes(command)));
  }, [signature]);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useRegisteredCommands(): readonly Command[] {
  return useSyncExternalStore(subscribe, () => registered);
}

const sequenceMs = 900;

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName)) &&
    !(target instanceof HTMLInputElement && /^(checkbox|radio|button)$/.test(target.type))
  );
}

/** `Mod` is Cmd on a Mac and Ctrl elsewhere. */
function keyOf(event: KeyboardEvent): string {
  const key = event.key === ' ' ? 'Space' : event.key;
  return event.metaKey || event.ctrlKey ? `Mod+${key.toLowerCase()}` : key;
}

function commandOf(typed: string): Command | undefined {
  return registered.findLast(({ keys }) => keys === typed);
}

/** Listens for the keys of registered commands; the last registered wins. Returns how to stop. */
export function listenForKeys(): () => void {
  let typed: string[] = [];
  let typedAtMs = 0;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.altKey) return;
    const key = keyOf(event);
    if (!key.startsWith('Mod+') && (isTyping(event.target) || document.querySelector('[role=dialog]') !== null)) return;
    typed = event.timeStamp - typedAtMs < sequenceMs ? [...typed, key] : [key];
    typedAtMs = event.timeStamp;
    // `g k` is not the `k` of a table.
    const command = commandOf(typed.slice(-2).join(' ')) ?? commandOf(key);
    if (command === undefined) return;
    typed = [];
    event.preventDefault();
    command.run();
  };
  addEventListener('keydown', onKeyDown);
  return () => removeEventListener('keydown', onKeyDown);
}
