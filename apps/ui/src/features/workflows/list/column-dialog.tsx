import type { WorkflowExecutionInfo } from '@perdure/proto/json-types';
import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, IconButton } from '../../../components/button.tsx';
import type { Column } from '../../../components/data-table.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { defaultColumns } from './columns.tsx';
import styles from './list-page.module.css';

export interface ColumnDialogProps {
  readonly known: ReadonlyMap<string, Column<WorkflowExecutionInfo>>;
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
  readonly onClose: () => void;
}

/** Which columns there are, and in which order; kept for the namespace in this browser. */
export function ColumnDialog({ known, chosen, onChange, onClose }: ColumnDialogProps): ReactNode {
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
          <Button onClick={() => onChange(defaultColumns)}>As at first</Button>
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
