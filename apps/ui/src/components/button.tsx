import { Tooltip } from 'radix-ui';
import type { ComponentProps, ReactNode } from 'react';
import styles from './button.module.css';
import { classes } from './classes.ts';
import tooltipStyles from './tooltip.module.css';

export type ButtonVariant = 'default' | 'primary' | 'danger' | 'quiet';

export interface ButtonLook {
  readonly variant?: ButtonVariant | undefined;
  readonly isSmall?: boolean | undefined;
}

/** The classes of a button, for links that look like one. */
export function buttonClass({ variant = 'default', isSmall = false }: ButtonLook = {}, isIcon = false): string {
  return classes(
    styles.button,
    variant !== 'default' && styles[variant],
    isSmall && styles.small,
    isIcon && styles.icon,
  );
}

export function Button({ variant, isSmall, className, ...rest }: ComponentProps<'button'> & ButtonLook): ReactNode {
  return <button type="button" {...rest} className={classes(buttonClass({ variant, isSmall }), className)} />;
}

/** A button of an icon alone: `label` is its name for everybody, shown as a hint. */
export function IconButton({
  label,
  variant = 'quiet',
  isSmall,
  className,
  ...rest
}: ComponentProps<'button'> & ButtonLook & { readonly label: string }): ReactNode {
  return (
    <Hint text={label}>
      <button
        type="button"
        aria-label={label}
        {...rest}
        className={classes(buttonClass({ variant, isSmall }, true), className)}
      />
    </Hint>
  );
}

/** A hint beside what has the pointer or the focus. */
export function Hint({ text, children }: { readonly text: ReactNode; readonly children: ReactNode }): ReactNode {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className={tooltipStyles.tooltip} sideOffset={5} collisionPadding={8}>
          {text}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
