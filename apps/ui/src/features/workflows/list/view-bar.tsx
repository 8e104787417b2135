import { useQuery } from '@tanstack/react-query';
import { Bookmark, Link2, Trash2 } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { call } from '../../../api/client.ts';
import { Button } from '../../../components/button.tsx';
import { copyText } from '../../../components/copy.tsx';
import { ActionDialog } from '../../../components/dialog.tsx';
import { TextField } from '../../../components/field.tsx';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '../../../components/menu.tsx';
import { toast } from '../../../components/toast.tsx';
import { useStored } from '../../../lib/preferences.ts';
import { readFilters } from '../query/filters.ts';
import styles from './list-page.module.css';
import { savedViews, systemViews } from './views.ts';

const savedMax = 50;

/** Whether two queries ask the same, whatever their spaces and quotes. */
function isSameQuery(left: string, right: string): boolean {
  return left === right || JSON.stringify(readFilters(left) ?? left) === JSON.stringify(readFilters(right) ?? right);
}

const countAgainMs = 60_000;

interface ViewCountProps {
  readonly namespace: string;
  readonly queries: readonly string[];
}

/** How many there are, where there are any: what should not be is seen without being looked for. */
function ViewCount({ namespace, queries }: ViewCountProps): ReactNode {
  const { data: count = 0 } = useQuery({
    queryKey: ['CountWorkflowExecutions', namespace, queries, 'view'],
    queryFn: async ({ signal }) => {
      const replies = await Promise.all(
        queries.map((query) => call('CountWorkflowExecutions', { namespace, query }, { signal })),
      );
      return replies.reduce((sum, reply) => sum + Number(reply.count ?? 0), 0);
    },
    refetchInterval: countAgainMs,
    retry: false,
  });
  return count > 0 && <span className={styles.viewCount}>{count.toLocaleString('en')}</span>;
}

export interface ViewBarProps {
  readonly namespace: string;
  readonly query: string;
  readonly onChoose: (query: string) => void;
}

/** Views to choose from: those of every namespace, and those that the reader saved. */
export function ViewBar({ namespace, query, onChoose }: ViewBarProps): ReactNode {
  const store = savedViews(namespace);
  const saved = useStored(store);
  // Times of "last hour" are those of the moment the page was opened; choosing it again moves them on.
  const [openedMs] = useState(() => Date.now());
  const views = useMemo(() => systemViews(openedMs), [openedMs]);
  const [isNaming, setIsNaming] = useState(false);
  const [name, setName] = useState('');
  const current = saved.find((view) => view.query === query);
  return (
    <div className={styles.views} role="group" aria-label="Views">
      {[...views, ...saved].map((view) => (
        <button
          key={view.name}
          type="button"
          className={styles.view}
          aria-pressed={isSameQuery(view.query, query)}
          onClick={() => onChoose(view.query)}
        >
          {view.name}
          {view.countQueries !== undefined && <ViewCount namespace={namespace} queries={view.countQueries} />}
        </button>
      ))}
      <Menu
        trigger={
          <Button isSmall variant="quiet">
            <Bookmark size={13} />
            Views
          </Button>
        }
      >
        <MenuLabel>{query === '' ? 'All workflows' : 'This query'}</MenuLabel>
        <MenuItem isDisabled={query === '' || saved.length >= savedMax} onSelect={() => setIsNaming(true)}>
          Save as a view
        </MenuItem>
        <MenuItem
          icon={<Link2 size={14} />}
          onSelect={() => void copyText(location.href).then(() => toast('The link is copied'))}
        >
          Copy a link
        </MenuItem>
        {current !== undefined && (
          <>
            <MenuSeparator />
            <MenuItem
              isDangerous
              icon={<Trash2 size={14} />}
              onSelect={() => store.set(saved.filter((view) => view !== current))}
            >
              Remove the view {current.name}
            </MenuItem>
          </>
        )}
      </Menu>
      {isNaming && (
        <ActionDialog
          title="Save as a view"
          description="Kept in this browser, for this namespace."
          actionLabel="Save"
          isReady={name.trim() !== ''}
          onClose={() => setIsNaming(false)}
          onAction={() => {
            store.set([...saved.filter((view) => view.name !== name.trim()), { name: name.trim(), query }]);
            return Promise.resolve();
          }}
        >
          <TextField label="Name" value={name} onChange={(event) => setName(event.target.value)} />
        </ActionDialog>
      )}
    </div>
  );
}
