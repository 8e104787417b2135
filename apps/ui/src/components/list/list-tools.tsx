import { Columns3 } from 'lucide-react';
import type { ReactNode } from 'react';
import { useCommands } from '../../lib/commands.ts';
import { IconButton } from '../button.tsx';
import styles from './list.module.css';
import { QueryBar, type QueryBarProps } from './query-bar.tsx';

export interface ListToolsProps extends QueryBarProps {
  readonly onOpenColumns: () => void;
  /** At the end of the line, such as how many there are. */
  readonly children?: ReactNode;
}

/** What a list is asked for, and which columns it has. */
export function ListTools({ onOpenColumns, children, ...bar }: ListToolsProps): ReactNode {
  useCommands([{ id: 'list.columns', title: 'Choose columns', group: bar.group, run: onOpenColumns }]);
  return (
    <div className={styles.tools}>
      <QueryBar {...bar} />
      <IconButton label="Columns" variant="default" onClick={onOpenColumns}>
        <Columns3 size={15} />
      </IconButton>
      {children}
    </div>
  );
}

/** How many there are, told to screen readers when it changes. */
export function ListCount({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <span className={styles.count} role="status">
      {children}
    </span>
  );
}
