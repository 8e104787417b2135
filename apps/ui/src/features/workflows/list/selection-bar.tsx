import { ChevronDown } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { UiAction } from '../../../api/queries.ts';
import { Button } from '../../../components/button.tsx';
import { Menu, MenuItem } from '../../../components/menu.tsx';
import { useMay } from '../../../lib/use-may.ts';
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

/** An operation, its title, and what the operator must not have switched off. */
type Offered = readonly [action: BatchAction, title: string, needs?: UiAction];

const actions: readonly Offered[] = [
  ['signal', 'Signal', 'signal'],
  ['reset', 'Reset', 'reset'],
  ['cancel', 'Cancel', 'cancel'],
  ['terminate', 'Terminate', 'terminate'],
  // What runs is terminated first.
  ['delete', 'Delete', 'terminate'],
];

const furtherActions: readonly Offered[] = [
  ['priority', 'Change the priority'],
  ['unpauseActivities', 'Resume paused activities', 'activities'],
  ['resetActivities', 'Reset activities', 'activities'],
  ['activityOptions', 'Change options of activities', 'activities'],
];

/** What can be done to the rows that are selected, or to all that the query finds. */
export function SelectionBar(props: SelectionBarProps): ReactNode {
  const { namespace, target, total, isAll, onChooseAll, onClear } = props;
  const [action, setAction] = useState<BatchAction>();
  const may = useMay();
  const isOffered = ([, , needs]: Offered): boolean => needs === undefined || may(needs);
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
      {actions.filter(isOffered).map(([name, title]) => (
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
        {furtherActions.filter(isOffered).map(([name, title]) => (
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
