import { type ComponentProps, lazy, type ReactNode, type RefObject, Suspense, useLayoutEffect, useRef } from 'react';
import { jsonProblem } from '../lib/json-problem.ts';
import type { TextSelection } from './code-editor.tsx';
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
  const left = useRef<TextSelection>(undefined);
  return (
    <Field label={label} hint={hint ?? 'JSON; empty for no value'} error={error ?? problem}>
      {(control) => (
        <Suspense fallback={<PlainEditor {...control} value={value} onChange={onChange} leaves={left} />}>
          <CodeEditor
            startsAt={left}
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

interface PlainEditorProps extends Omit<ComponentProps<'textarea'>, 'value' | 'onChange'> {
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly leaves: RefObject<TextSelection | undefined>;
}

/** Stands in until the editor is there, and hands over to it where the writer is. */
function PlainEditor({ value, onChange, leaves, ...control }: PlainEditorProps): ReactNode {
  const area = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const element = area.current;
    return () => {
      const isWriting = element !== null && document.activeElement === element;
      leaves.current = isWriting ? { from: element.selectionStart, to: element.selectionEnd } : undefined;
    };
  }, [leaves]);
  return (
    <textarea
      {...control}
      ref={area}
      spellCheck={false}
      className={fieldStyles.input}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
