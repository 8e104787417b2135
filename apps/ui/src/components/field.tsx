import { type ComponentProps, type ReactNode, useId } from 'react';
import { classes } from './classes.ts';
import styles from './field.module.css';

export interface FieldProps {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly error?: ReactNode;
}

interface ControlProps {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean | undefined;
}

/** A control with its label, hint and error, tied together for assistive technology. */
export function Field({
  label,
  hint,
  error,
  children,
}: FieldProps & { readonly children: (control: ControlProps) => ReactNode }): ReactNode {
  const id = useId();
  const hasError = error !== undefined && error !== false && error !== '';
  const hasNote = hasError || hint !== undefined;
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      {children({
        id,
        'aria-describedby': hasNote ? `${id}-note` : undefined,
        'aria-invalid': hasError ? true : undefined,
      })}
      {hasNote && (
        <div id={`${id}-note`} className={hasError ? styles.error : styles.hint}>
          {hasError ? error : hint}
        </div>
      )}
    </div>
  );
}

/** A text input by itself; needs an `aria-label`. */
export function Input({ className, ...rest }: ComponentProps<'input'>): ReactNode {
  return <input autoComplete="off" spellCheck={false} {...rest} className={classes(styles.input, className)} />;
}

type TextFieldProps = FieldProps & Omit<ComponentProps<'input'>, 'id'> & { readonly isMono?: boolean };

export function TextField({ label, hint, error, isMono, className, ...rest }: TextFieldProps): ReactNode {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => <Input {...rest} {...control} className={classes(isMono && styles.mono, className)} />}
    </Field>
  );
}

export function TextAreaField({
  label,
  hint,
  error,
  ...rest
}: FieldProps & Omit<ComponentProps<'textarea'>, 'id'>): ReactNode {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => <textarea spellCheck={false} {...rest} {...control} className={styles.input} />}
    </Field>
  );
}

export type Options = readonly (readonly [value: string, name: string])[];

/** The platform's own select: the one that every phone and screen reader knows. */
export function Select({
  options,
  className,
  ...rest
}: ComponentProps<'select'> & { readonly options: Options }): ReactNode {
  return (
    <select {...rest} className={classes(styles.input, className)}>
      {options.map(([value, name]) => (
        <option key={value} value={value}>
          {name}
        </option>
      ))}
    </select>
  );
}

export function SelectField({
  label,
  hint,
  error,
  ...rest
}: FieldProps & Omit<ComponentProps<'select'>, 'id'> & { readonly options: Options }): ReactNode {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => <Select {...rest} {...control} />}
    </Field>
  );
}

export function Checkbox({ label, ...rest }: ComponentProps<'input'> & { readonly label: ReactNode }): ReactNode {
  return (
    <label className={styles.checkbox}>
      <input {...rest} type="checkbox" />
      <span>{label}</span>
    </label>
  );
}

/** Fields side by side where there is room. */
export function FieldRow({ children }: { readonly children: ReactNode }): ReactNode {
  return <div className={styles.row}>{children}</div>;
}
