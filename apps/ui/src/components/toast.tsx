import { X } from 'lucide-react';
import { Toast } from 'radix-ui';
import { type ReactNode, useSyncExternalStore } from 'react';
import { IconButton } from './button.tsx';
import { classes } from './classes.ts';
import styles from './toast.module.css';

interface Shown {
  readonly id: number;
  readonly text: ReactNode;
  readonly tone: 'done' | 'failed';
}

let shown: readonly Shown[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function change(next: readonly Shown[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

/** Says that something was done, or was not; read out by screen readers. */
export function toast(text: ReactNode, tone: Shown['tone'] = 'done'): void {
  lastId += 1;
  change([...shown.slice(-3), { id: lastId, text, tone }]);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Toasts(): ReactNode {
  const toasts = useSyncExternalStore(subscribe, () => shown);
  return (
    <Toast.Provider duration={6000}>
      {toasts.map(({ id, text, tone }) => (
        <Toast.Root
          key={id}
          className={classes(styles.toast, tone === 'failed' && styles.failed)}
          duration={tone === 'failed' ? 12_000 : 6000}
          onOpenChange={(open) => !open && change(shown.filter((other) => other.id !== id))}
        >
          <Toast.Description className={styles.text}>{text}</Toast.Description>
          <Toast.Close asChild>
            <IconButton label="Dismiss" isSmall>
              <X size={14} />
            </IconButton>
          </Toast.Close>
        </Toast.Root>
      ))}
      <Toast.Viewport className={styles.viewport} />
    </Toast.Provider>
  );
}
