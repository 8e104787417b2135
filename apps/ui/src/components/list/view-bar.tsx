import { Bookmark, Link2, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Button } from '../button.tsx';
import { copyText } from '../copy.tsx';
import { ActionDialog } from '../dialog.tsx';
import { TextField } from '../field.tsx';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '../menu.tsx';
import { toast } from '../toast.tsx';
import { useStored } from '../../lib/preferences.ts';
import { readFilters } from '../../lib/query/filters.ts';
import styles from './list.module.css';
import { savedViewsMax, type View, type ViewStore, withView } from './views.ts';

/** Whether two queries ask the same, whatever their spaces and quotes. */
function isSameQuery(left: string, right: string): boolean {
  return left === right || JSON.stringify(readFilters(left) ?? left) === JSON.stringify(readFilters(right) ?? right);
}

/** One that every namespace has. */
export interface SystemView extends View {
  /** Beside its name, such as how many it finds. */
  readonly badge?: ReactNode;
}

export interface ViewBarProps {
  readonly namespace: string;
  readonly views: readonly SystemView[];
  readonly store: ViewStore;
  /** What the list has: `workflows`. */
  readonly things: string;
  readonly query: string;
  readonly onChoose: (query: string) => void;
}

/** Views to choose from: those of every namespace, and those that the reader saved. */
export function ViewBar({ namespace, views, store: storeOf, things, query, onChoose }: ViewBarProps): ReactNode {
  const store = storeOf(namespace);
  const saved = useStored(store);
  const [isNaming, setIsNaming] = useState(false);
  const [name, setName] = useState('');
  const current = saved.find((view) => view.query === query);
  return (
    <div className={styles.views} role="group" aria-label="Views">
      {[...views, ...saved].map((view: SystemView) => (
        <button
          key={view.name}
          type="button"
          className={styles.view}
          aria-pressed={isSameQuery(view.query, query)}
          onClick={() => onChoose(view.query)}
        >
          {view.name}
          {view.badge}
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
        <MenuLabel>{query === '' ? `All ${things}` : 'This query'}</MenuLabel>
        <MenuItem isDisabled={query === '' || saved.length >= savedViewsMax} onSelect={() => setIsNaming(true)}>
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
            store.set(withView(saved, { name: name.trim(), query }));
            return Promise.resolve();
          }}
        >
          <TextField label="Name" value={name} onChange={(event) => setName(event.target.value)} />
        </ActionDialog>
      )}
    </div>
  );
}
