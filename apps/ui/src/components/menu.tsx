import { Check } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { classes } from './classes.ts';
import styles from './menu.module.css';

export interface MenuProps {
  /** One element that takes a ref and props: a `Button`. */
  readonly trigger: ReactNode;
  readonly children: ReactNode;
  readonly align?: 'start' | 'end';
}

export function Menu({ trigger, children, align = 'end' }: MenuProps): ReactNode {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={styles.menu} align={align} sideOffset={5} collisionPadding={8}>
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export interface MenuItemProps {
  readonly children: ReactNode;
  readonly icon?: ReactNode;
  readonly end?: ReactNode;
  readonly isDangerous?: boolean;
  readonly isDisabled?: boolean;
  readonly onSelect?: () => void;
  /** The child is a link that is the item. */
  readonly asChild?: boolean;
}

export function MenuItem(props: MenuItemProps): ReactNode {
  const { children, icon, end, isDangerous, isDisabled, onSelect, asChild } = props;
  return (
    <DropdownMenu.Item
      className={classes(styles.item, isDangerous && styles.danger)}
      {...(isDisabled !== undefined && { disabled: isDisabled })}
      {...(onSelect && { onSelect })}
      {...(asChild !== undefined && { asChild })}
    >
      {asChild ? (
        children
      ) : (
        <>
          {icon}
          {children}
          {end !== undefined && <span className={styles.end}>{end}</span>}
        </>
      )}
    </DropdownMenu.Item>
  );
}

export interface MenuChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly (readonly [Value, string])[];
  readonly onChange: (value: Value) => void;
}

/** A group of which one is chosen; choosing leaves the menu open. */
export function MenuChoice<Value extends string>(props: MenuChoiceProps<Value>): ReactNode {
  const { label, value, options, onChange } = props;
  return (
    <DropdownMenu.RadioGroup value={value} onValueChange={(next) => onChange(next as Value)}>
      <DropdownMenu.Label className={styles.label}>{label}</DropdownMenu.Label>
      {options.map(([option, name]) => (
        <DropdownMenu.RadioItem
          key={option}
          value={option}
          className={styles.item}
          onSelect={(event) => event.preventDefault()}
        >
          <Mark />
          {name}
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}

export interface MenuChecksProps<Value extends string> {
  readonly label: string;
  readonly chosen: ReadonlySet<Value>;
  readonly options: readonly (readonly [Value, string])[];
  readonly onChange: (chosen: ReadonlySet<Value>) => void;
}

/** A group of which any number is chosen; choosing leaves the menu open. */
export function MenuChecks<Value extends string>(props: MenuChecksProps<Value>): ReactNode {
  const { label, chosen, options, onChange } = props;
  const toggle = (value: Value): void => {
    const next = new Set(chosen);
    if (!next.delete(value)) next.add(value);
    onChange(next);
  };
  return (
    <DropdownMenu.Group>
      <DropdownMenu.Label className={styles.label}>{label}</DropdownMenu.Label>
      {options.map(([option, name]) => (
        <DropdownMenu.CheckboxItem
          key={option}
          checked={chosen.has(option)}
          className={styles.item}
          onCheckedChange={() => toggle(option)}
          onSelect={(event) => event.preventDefault()}
        >
          <Mark />
          {name}
        </DropdownMenu.CheckboxItem>
      ))}
    </DropdownMenu.Group>
  );
}

function Mark(): ReactNode {
  return (
    <span className={styles.mark}>
      <DropdownMenu.ItemIndicator>
        <Check size={14} />
      </DropdownMenu.ItemIndicator>
    </span>
  );
}

export function MenuLabel({ children }: { readonly children: ReactNode }): ReactNode {
  return <DropdownMenu.Label className={styles.label}>{children}</DropdownMenu.Label>;
}

export function MenuSeparator(): ReactNode {
  return <DropdownMenu.Separator className={styles.separator} />;
}
