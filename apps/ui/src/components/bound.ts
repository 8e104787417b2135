import type { ReactNode } from 'react';

type NamesOf<Form, Value> = { [Name in keyof Form]: Form[Name] extends Value ? Name : never }[keyof Form];

interface ChangeOf<Part extends object> {
  readonly target: Part;
}

/** What ties the fields of a form to its state, by their names: `<TextField {...bound.text('jitter')} />`. */
export interface Bound<Form> {
  /** Of a field of text, or of one of several choices. */
  readonly text: <Name extends NamesOf<Form, string>>(
    name: Name,
  ) => {
    readonly value: Form[Name];
    readonly onChange: (event: ChangeOf<{ readonly value: string }>) => void;
    readonly error: ReactNode;
  };
  /** Of a field that gives its text and no event, such as `JsonField`. */
  readonly value: <Name extends NamesOf<Form, string>>(
    name: Name,
  ) => { readonly value: Form[Name]; readonly onChange: (value: string) => void; readonly error: ReactNode };
  readonly check: (name: NamesOf<Form, boolean>) => {
    readonly checked: boolean;
    readonly onChange: (event: ChangeOf<{ readonly checked: boolean }>) => void;
  };
}

/** `set` changes a part of the form; `problems` say what is wrong with a field. */
export function boundTo<Form extends object>(
  form: Form,
  set: (part: Partial<Form>) => void,
  problems: { readonly [Name in keyof Form]?: ReactNode } = {},
): Bound<Form> {
  const change = (name: keyof Form, value: unknown): void => set({ [name]: value } as Partial<Form>);
  return {
    text: (name) => ({
      value: form[name],
      onChange: ({ target }) => change(name, target.value),
      error: problems[name],
    }),
    value: (name) => ({ value: form[name], onChange: (value) => change(name, value), error: problems[name] }),
    check: (name) => ({
      checked: form[name] === true,
      onChange: ({ target }) => change(name, target.checked),
    }),
  };
}
