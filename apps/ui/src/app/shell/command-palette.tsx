import { Dialog as Primitive } from 'radix-ui';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState, useSyncExternalStore } from 'react';
import { Dialog } from '../../components/dialog.tsx';
import dialogStyles from '../../components/dialog.module.css';
import { type Command, useRegisteredCommands } from '../../lib/commands.ts';
import { filterCommands } from './filter-commands.ts';
import styles from './command-palette.module.css';
import { useWorkflowIdCommand } from './use-workflow-id-command.ts';

type Open = 'palette' | 'help' | undefined;

let open: Open;
const listeners = new Set<() => void>();

function show(next: Open): void {
  open = next;
  for (const listener of listeners) listener();
}

function useOpen(): Open {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => open,
  );
}

export const openPalette = (): void => show('palette');
export const openHelp = (): void => show('help');

/** Everything that can be done here, found by typing; a workflow id goes to that workflow. */
export function CommandPalette(): ReactNode {
  if (useOpen() !== 'palette') return null;
  return (
    <Primitive.Root open onOpenChange={() => show(undefined)}>
      <Primitive.Portal>
        <Primitive.Overlay className={dialogStyles.overlay} />
        <Primitive.Content className={styles.palette} aria-describedby={undefined}>
          <Primitive.Title hidden>Search and commands</Primitive.Title>
          <Palette />
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

function Palette(): ReactNode {
  const [text, setText] = useState('');
  const [index, setIndex] = useState(0);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const toWorkflow = useWorkflowIdCommand(text);
  const registered = useRegisteredCommands();
  const found = [...filterCommands(registered, text), ...toWorkflow];
  const active = Math.min(index, found.length - 1);
  useEffect(() => {
    // No value: browsers give a promise here, which would be taken for the effect's end.
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  const run = (command: Command | undefined): void => {
    if (command === undefined) return;
    show(undefined);
    // After the dialog has given the focus back, so that a command may move it.
    setTimeout(command.run);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setIndex((active + step + found.length) % Math.max(1, found.length));
    else if (event.key === 'Enter') run(found[active]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        className={styles.search}
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
        aria-label="Search and commands"
        placeholder="Go to a page, a namespace, a workflow id, or do something"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setText(event.target.value);
          setIndex(0);
        }}
      />
      <div ref={list} id={id} role="listbox" aria-label="Commands" className={styles.list}>
        {found.map((command, position) => (
          <PaletteOption
            key={command.id}
            id={`${id}-${position}`}
            command={command}
            isActive={position === active}
            startsGroup={found[position - 1]?.group !== command.group}
            onRun={() => run(command)}
          />
        ))}
        {found.length === 0 && <div className={styles.none}>Nothing has that name</div>}
      </div>
    </>
  );
}

interface PaletteOptionProps {
  readonly id: string;
  readonly command: Command;
  readonly isActive: boolean;
  readonly startsGroup: boolean;
  readonly onRun: () => void;
}

function PaletteOption({ id, command, isActive, startsGroup, onRun }: PaletteOptionProps): ReactNode {
  return (
    <>
      {startsGroup && (
        <div className={styles.group} role="presentation">
          {command.group}
        </div>
      )}
      <div id={id} role="option" aria-selected={isActive} className={styles.option} onClick={onRun}>
        <span>{command.title}</span>
        {command.keys !== undefined && <Keys keys={command.keys} />}
      </div>
    </>
  );
}

const isMac = /mac|iphone|ipad/i.test(navigator.userAgent);

function Keys({ keys }: { readonly keys: string }): ReactNode {
  const words = keys.replace('Mod+', isMac ? '⌘ ' : 'Ctrl ').split(' ');
  return (
    <span className={styles.keys}>
      {words.map((key, index) => (
        <kbd key={index}>{key}</kbd>
      ))}
    </span>
  );
}

/** `?`: the keys that do something on the screen at hand. */
export function KeyboardHelp(): ReactNode {
  const commands = useRegisteredCommands().filter(({ keys }) => keys !== undefined);
  if (useOpen() !== 'help') return null;
  const groups = Map.groupBy(commands, ({ group }) => group);
  return (
    <Dialog title="Keyboard shortcuts" isWide onClose={() => show(undefined)}>
      <div className={styles.help}>
        {[...groups].map(([group, members]) => (
          <section key={group} className={styles.helpGroup}>
            <h3 className={styles.helpTitle}>{group}</h3>
            {[...new Map(members.map((member) => [member.keys, member])).values()].map(({ id, title, keys = '' }) => (
              <div key={id} className={styles.helpRow}>
                {title}
                <Keys keys={keys} />
              </div>
            ))}
          </section>
        ))}
      </div>
    </Dialog>
  );
}
