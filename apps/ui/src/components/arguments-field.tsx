import { FileUp, Plus, Trash2 } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import styles from './arguments-field.module.css';
import { Button, IconButton } from './button.tsx';
import { JsonField } from './json-editor.tsx';

export interface ArgumentsFieldProps {
  /** The text of each argument, which need not be JSON yet. */
  readonly value: readonly string[];
  readonly onChange: (texts: readonly string[]) => void;
}

/** What a workflow is given: a JSON value for each of its parameters. */
export function ArgumentsField({ value, onChange }: ArgumentsFieldProps): ReactNode {
  const change = (index: number, text: string): void => onChange(value.map((each, at) => (at === index ? text : each)));
  return (
    <div className={styles.args}>
      {value.map((text, index) => (
        <div key={`${index} of ${value.length}`} className={styles.arg}>
          <JsonField
            label={value.length === 1 ? 'Argument' : `Argument ${index + 1}`}
            value={text}
            onChange={(next) => change(index, next)}
          />
          {value.length > 1 && (
            <span className={styles.argButtons}>
              <FileButton argument={index + 1} onRead={(text) => change(index, text)} />
              <IconButton
                label={`Remove argument ${index + 1}`}
                onClick={() => onChange(value.filter((_, at) => at !== index))}
              >
                <Trash2 size={15} />
              </IconButton>
            </span>
          )}
        </div>
      ))}
      <div className={styles.buttons}>
        {value.length === 1 && <FileButton words="From a file" argument={1} onRead={(text) => change(0, text)} />}
        <Button isSmall onClick={() => onChange([...value, ''])}>
          <Plus size={14} />
          Another argument
        </Button>
      </div>
    </div>
  );
}

interface FileButtonProps {
  /** Beside its icon, where there is room. */
  readonly words?: string;
  readonly argument: number;
  readonly onRead: (text: string) => void;
}

/** Takes the argument from a file, which stays in the editor to be changed. */
function FileButton({ words, argument, onRead }: FileButtonProps): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  const label = words === undefined ? `Read argument ${argument} from a file` : `${words}: argument ${argument}`;
  const choose = (): void => input.current?.click();
  const read = async (file: File | undefined): Promise<void> => {
    if (file !== undefined) onRead(await file.text());
    // The same file once more is a choice, too.
    if (input.current !== null) input.current.value = '';
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        accept="application/json,.json"
        onChange={(event) => void read(event.target.files?.[0])}
      />
      {words === undefined ? (
        <IconButton label={label} onClick={choose}>
          <FileUp size={15} />
        </IconButton>
      ) : (
        <Button isSmall aria-label={label} onClick={choose}>
          <FileUp size={14} />
          {words}
        </Button>
      )}
    </>
  );
}
