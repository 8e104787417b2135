import { ChevronDown } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { Menu, MenuItem } from '../../../components/menu.tsx';
import { BatchDialog, type BatchTarget } from '../batch/batch-dialog.tsx';
import type { BatchAction } from '../batch/operations.ts';
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

const furtherActions: readonly (readonly [BatchAction, string])[] = [
  ['priority', 'Change the priority'],
  ['unpauseActivities', 'Resume paused activities'],
  ['resetActivities', 'Reset activities'],
  ['activityOptions', 'Change options of activities'],
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
      <Menu
        trigger={
          <Button isSmall>
            More
            <ChevronDown size={13} />
          </Button>
        }
      >
        {furtherActions.map(([name, title]) => (
          <MenuItem key={name} onSelect={() => setAction(name)}>
            {title}
          </MenuItem>
        ))}
      </Menu>
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
