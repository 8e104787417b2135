import { type ReactNode, useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { type BatchAction, BatchDialog, type BatchTarget } from '../batch/batch-dialog.tsx';
import styles from './list-page.module.css';

export interface SelectionBarProps {
  readonly namespace: string;
  readonly target: BatchTarget;
  readonly total: number;
  readonly isAll: boolean;
  readonly onChooseAll: () => void;
  readonly onClear: () => void;
}

const actions: readonly (readonly [BatchAction, string])[] = [
  ['signal', 'Signal'],
  ['reset', 'Reset'],
  ['cancel', 'Cancel'],
  ['terminate', 'Terminate'],
  ['delete', 'Delete'],
];

/** What can be done to the rows that are selected, or to all that the query finds. */
export function SelectionBar(props: SelectionBarProps): ReactNode {
  const { namespace, target, total, isAll, onChooseAll, onClear } = props;
  const [action, setAction] = useState<BatchAction>();
  const count = target.kind === 'runs' ? target.executions.length : target.count;
  return (
    <div className={styles.selection} role="group" aria-label="Selected workflows">
      <strong>{count.toLocaleString('en')} selected</strong>
      {!isAll && total > count && (
        <Button isSmall onClick={onChooseAll}>
          All {total.toLocaleString('en')} that match
        </Button>
      )}
      <span className={styles.push} />
      {actions.map(([name, title]) => (
        <Button key={name} isSmall onClick={() => setAction(name)}>
          {title}
        </Button>
      ))}
      <Button isSmall variant="quiet" onClick={onClear}>
        Clear
      </Button>
      {action !== undefined && (
        <BatchDialog
          namespace={namespace}
          action={action}
          target={target}
          onClose={() => setAction(undefined)}
          onDone={onClear}
        />
      )}
    </div>
  );
}
