import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, IconButton } from '../button.tsx';
import type { Column } from '../data-table.tsx';
import { Dialog } from '../dialog.tsx';
import styles from './list.module.css';

export interface ColumnDialogProps<Row> {
  /** Every column that the list may show, by its id. */
  readonly known: ReadonlyMap<string, Column<Row>>;
  readonly chosen: readonly string[];
  /** Those of a reader who chose none. */
  readonly initial: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
  readonly onClose: () => void;
}

/** Which columns there are, and in which order; kept for the namespace in this browser. */
export function ColumnDialog<Row>({ known, chosen, initial, onChange, onClose }: ColumnDialogProps<Row>): ReactNode {
  const others = [...known.values()].filter(({ id }) => !chosen.includes(id));
  const move = (index: number, by: number): void => {
    const next = [...chosen];
    const [moved] = next.splice(index, 1);
    if (moved !== undefined) next.splice(index + by, 0, moved);
    onChange(next);
  };
  return (
    <Dialog
      title="Columns"
      onClose={onClose}
      footer={
        <>
          <Button onClick={() => onChange(initial)}>As at first</Button>
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <ol className={styles.columns}>
        {chosen.map((id, index) => (
          <li key={id}>
            <span>{known.get(id)?.header ?? id}</span>
            <IconButton label={`Move ${id} up`} isSmall disabled={index === 0} onClick={() => move(index, -1)}>
              <ArrowUp size={14} />
            </IconButton>
            <IconButton
              label={`Move ${id} down`}
              isSmall
              disabled={index === chosen.length - 1}
              onClick={() => move(index, 1)}
            >
              <ArrowDown size={14} />
            </IconButton>
            <IconButton
              label={`Remove ${id}`}
              isSmall
              disabled={chosen.length === 1}
              onClick={() => onChange(chosen.filter((other) => other !== id))}
            >
              <X size={14} />
            </IconButton>
          </li>
        ))}
      </ol>
      <div className={styles.moreColumns}>
        {others.map(({ id, header }) => (
          <Button key={id} isSmall onClick={() => onChange([...chosen, id])}>
            <Plus size={13} />
            {header}
          </Button>
        ))}
      </div>
    </Dialog>
  );
}
