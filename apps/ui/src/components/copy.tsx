import { Check, Copy } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { Hint } from './button.tsx';
import { classes } from './classes.ts';
import styles from './copy.module.css';
import { toast } from './toast.tsx';

/** Puts text on the clipboard; also where the page is not served as a secure one. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    // eslint-disable-next-line typescript/no-deprecated -- the only way on a page that is served without TLS
    const isCopied = document.execCommand('copy');
    area.remove();
    if (!isCopied) throw new Error('The browser does not let this page use the clipboard.');
  }
}

export function CopyButton({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }): ReactNode {
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setIsCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = (): void => {
    copyText(text).then(
      () => setIsCopied(true),
      (error: unknown) => toast(String(error), 'failed'),
    );
  };
  return (
    <Hint text={isCopied ? 'Copied' : label}>
      <button type="button" className={styles.copy} aria-label={label} onClick={copy}>
        {isCopied ? <Check size={13} /> : <Copy size={13} />}
      </button>
    </Hint>
  );
}

/** A small button of an icon, for what can be done with a text: `CopyButton` and its like. */
export function TextTool(props: {
  readonly label: string;
  readonly onClick: () => void;
  readonly isPressed?: boolean;
  readonly children: ReactNode;
}): ReactNode {
  const { label, onClick, isPressed, children } = props;
  return (
    <Hint text={label}>
      <button type="button" className={styles.copy} aria-label={label} aria-pressed={isPressed} onClick={onClick}>
        {children}
      </button>
    </Hint>
  );
}

/** An id that can be copied; in one line unless `isWrapped`. */
export function CopyableId({ id, label, isWrapped }: { id: string; label: string; isWrapped?: boolean }): ReactNode {
  return (
    <span className={classes(styles.id, isWrapped && styles.wrap)}>
      <span className={styles.text} title={id}>
        {id}
      </span>
      <CopyButton text={id} label={`Copy ${label}`} />
    </span>
  );
}
