import { lazy, type ReactNode, Suspense } from 'react';
import { jsonProblem } from '../lib/json-problem.ts';
import { Field, type FieldProps } from './field.tsx';
import fieldStyles from './field.module.css';

/** The editor is large: it comes when a form that needs it opens. */
const CodeEditor = lazy(async () => ({ default: (await import('./code-editor.tsx')).CodeEditor }));

export interface JsonFieldProps extends FieldProps {
  /** The text, which need not be JSON yet. */
  readonly value: string;
  readonly onChange: (text: string) => void;
}

/** A field for a JSON value, with an editor that marks what is wrong. */
export function JsonField({ label, hint, error, value, onChange }: JsonFieldProps): ReactNode {
  const problem = jsonProblem(value);
  return (
    <Field label={label} hint={hint ?? 'JSON; empty for no value'} error={error ?? problem}>
      {(control) => (
        <Suspense
          fallback={
            <textarea
              {...control}
              className={fieldStyles.input}
              value={value}
              onChange={(event) => onChange(event.target.value)}
            />
          }
        >
          <CodeEditor
            id={control.id}
            describedBy={control['aria-describedby']}
            label={typeof label === 'string' ? label : 'JSON'}
            value={value}
            onChange={onChange}
          />
        </Suspense>
      )}
    </Field>
  );
}
