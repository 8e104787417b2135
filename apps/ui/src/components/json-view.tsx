import { Download, Maximize2, Minimize2 } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { formatBytes } from '../lib/payload.ts';
import { type SavedFile, saveFile } from '../lib/save-file.ts';
import { Button } from './button.tsx';
import { classes } from './classes.ts';
import { CopyButton, TextTool } from './copy.tsx';
import { jsonTokens, prettyJson } from './json-text.ts';
import styles from './json-view.module.css';

/** More text than this is cut until it is asked for; coloured text costs an element a token. */
const colouredLengthMax = 30_000;
const shownLengthMax = 30_000;
/** From this length on a text is worth a file, and the whole height of the page. */
const longFrom = 400;

export interface JsonViewProps {
  readonly value: unknown;
  /** Without frame and height. */
  readonly isFlat?: boolean;
  readonly label?: string;
}

/** A JSON value as text, coloured; nothing in it is ever markup. */
export function JsonView({ value, isFlat, label }: JsonViewProps): ReactNode {
  const text = useMemo(() => prettyJson(value), [value]);
  return (
    <TextView text={text} isFlat={isFlat} label={label}>
      {text.length <= colouredLengthMax && <Coloured text={text} />}
    </TextView>
  );
}

function Coloured({ text }: { readonly text: string }): ReactNode {
  return [...jsonTokens(text)].map(({ kind, text: piece }, index) => (
    <span key={index} className={styles[kind]}>
      {piece}
    </span>
  ));
}

interface TextViewProps {
  readonly text: string;
  readonly isFlat?: boolean | undefined;
  readonly label?: string | undefined;
  /** What is saved instead of the text. */
  readonly file?: SavedFile;
  readonly children?: ReactNode;
}

/** Text in the fixed-width face, cut where it is long. */
export function TextView({ text, isFlat = false, label = 'value', file, children }: TextViewProps): ReactNode {
  const [isWhole, setIsWhole] = useState(false);
  const [isTall, setIsTall] = useState(false);
  const isCut = text.length > shownLengthMax && !isWhole;
  const isLong = text.length > longFrom;
  return (
    <div className={styles.frame}>
      <pre
        className={classes(styles.json, isFlat && styles.flat)}
        tabIndex={0}
        aria-label={label}
        role="group"
        data-tall={isTall}
      >
        {children || (isCut ? text.slice(0, shownLengthMax) : text)}
      </pre>
      {!isFlat && (
        <div className={styles.tools}>
          {isLong && (
            <TextTool label={`Full height of ${label}`} isPressed={isTall} onClick={() => setIsTall(!isTall)}>
              {isTall ? <Minimize2 size={13} /> : <Maximize2 size={13} />}
            </TextTool>
          )}
          {(isLong || file !== undefined) && (
            <TextTool
              label={`Save ${label}`}
              onClick={() => saveFile(file ?? { name: `${label}.json`, content: text })}
            >
              <Download size={13} />
            </TextTool>
          )}
          <CopyButton text={text} label={`Copy ${label}`} />
        </div>
      )}
      {isCut && (
        <div className={styles.more}>
          The first {formatBytes(shownLengthMax)} of {formatBytes(text.length)}.
          <Button isSmall onClick={() => setIsWhole(true)}>
            Show all
          </Button>
        </div>
      )}
    </div>
  );
}
