import { Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, IconButton } from '../button.tsx';
import type { Column } from '../data-table.tsx';
import { Dialog } from '../dialog.tsx';
import { SortableList } from '../sortable-list.tsx';
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
  const nameOf = (id: string): string => {
    const header = known.get(id)?.header;
    return typeof header === 'string' ? header : id;
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
      <SortableList
        label="Columns, in their order"
        items={chosen}
        nameOf={nameOf}
        onChange={onChange}
        actions={(id) => (
          <IconButton
            label={`Remove ${nameOf(id)}`}
            isSmall
            disabled={chosen.length === 1}
            onClick={() => onChange(chosen.filter((other) => other !== id))}
          >
            <X size={14} />
          </IconButton>
        )}
      />
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
