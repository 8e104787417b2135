import { X } from 'lucide-react';
import { Dialog as Primitive } from 'radix-ui';
import { type ReactNode, type SyntheticEvent, useState } from 'react';
import { messageOf } from '../api/errors.ts';
import { Button, type ButtonVariant, IconButton } from './button.tsx';
import { classes } from './classes.ts';
import styles from './dialog.module.css';
import { Notice } from './notice.tsx';
import { scrollRegionId } from './use-main-virtualizer.ts';

export interface DialogProps {
  readonly title: ReactNode;
  readonly description?: ReactNode;
  readonly isWide?: boolean;
  readonly onClose: () => void;
  readonly children?: ReactNode;
  readonly footer?: ReactNode;
}

/** A modal dialog, open while it is rendered. A sheet from below on a phone. */
export function Dialog({ title, description, isWide, onClose, children, footer }: DialogProps): ReactNode {
  const [opener] = useState(elementInFocus);
  const giveFocusBack = (event: Event): void => {
    event.preventDefault();
    (opener?.isConnected ? opener : document.getElementById(scrollRegionId))?.focus();
  };
  return (
    <Primitive.Root open onOpenChange={(open) => !open && onClose()}>
      <Primitive.Portal>
        <Primitive.Overlay className={styles.overlay} />
        <Primitive.Content
          className={classes(styles.dialog, isWide && styles.wide)}
          onOpenAutoFocus={focusFirstField}
          onCloseAutoFocus={giveFocusBack}
          {...(description === undefined && { 'aria-describedby': undefined })}
        >
          <div className={styles.head}>
            <div className={styles.title}>
              <Primitive.Title>{title}</Primitive.Title>
              {description !== undefined && (
                <Primitive.Description asChild>
                  <div className={styles.description}>{description}</div>
                </Primitive.Description>
              )}
            </div>
            <Primitive.Close asChild>
              <IconButton label="Close" isSmall>
                <X size={16} />
              </IconButton>
            </Primitive.Close>
          </div>
          <div className={styles.body}>{children}</div>
          {footer !== undefined && <div className={styles.foot}>{footer}</div>}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

/** Of an item of a menu, which goes with it, the button that opened the menu. */
function elementInFocus(): HTMLElement | undefined {
  const { activeElement } = document;
  const opener = activeElement?.closest('[role="menu"]')?.getAttribute('aria-labelledby');
  const element = opener ? document.getElementById(opener) : activeElement;
  return element instanceof HTMLElement ? element : undefined;
}

/** The first field, or the dialog: a button in focus opens its tooltip, and that is what the first Escape would close. */
function focusFirstField(event: Event): void {
  event.preventDefault();
  const dialog = event.currentTarget as HTMLElement;
  (dialog.querySelector<HTMLElement>('input:not([hidden]), select, textarea') ?? dialog).focus();
}

export interface ActionDialogProps extends Omit<DialogProps, 'footer'> {
  readonly actionLabel: string;
  readonly variant?: ButtonVariant;
  readonly isReady?: boolean;
  /** Beside the buttons: what the action will do, in words. */
  readonly aside?: ReactNode;
  /** A rejection is shown, and leaves the dialog open. */
  readonly onAction: () => Promise<unknown>;
  /** Whether it closes when the action is done. Default: it does. */
  readonly closesWhenDone?: boolean;
}

/** A dialog that does one thing: a form whose button sends it. Cmd/Ctrl-Enter sends it too. */
export function ActionDialog(props: ActionDialogProps): ReactNode {
  const { actionLabel, variant = 'primary', isReady = true, aside, onAction, children } = props;
  const { closesWhenDone = true, ...rest } = props;
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const submit = async (event?: SyntheticEvent): Promise<void> => {
    event?.preventDefault();
    if (!isReady || isBusy) return;
    setIsBusy(true);
    setError(undefined);
    try {
      await onAction();
      if (closesWhenDone) rest.onClose();
    } catch (caught) {
      setError(caught);
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <Dialog
      {...rest}
      footer={
        <>
          <div data-aside="">{aside}</div>
          <Button onClick={rest.onClose}>Cancel</Button>
          <Button variant={variant} disabled={!isReady || isBusy} onClick={() => void submit()}>
            {isBusy ? 'Working…' : actionLabel}
          </Button>
        </>
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => void submit(event)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) void submit(event);
        }}
      >
        {children}
        <input type="submit" hidden value={actionLabel} />
      </form>
      {error !== undefined && <Notice tone="failed">{messageOf(error)}</Notice>}
    </Dialog>
  );
}
