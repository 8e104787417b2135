import { useQuery } from '@tanstack/react-query';
import { Plus, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { searchAttributesQuery } from '../../api/queries.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { Panel } from '../../components/page.tsx';
import { Failure, Loading } from '../../components/states.tsx';
import { pascalCase } from '../../lib/history/events.ts';
import { AddAttributeDialog, RemoveAttributeDialog } from './namespace-dialogs.tsx';
import styles from './namespaces.module.css';

export interface SearchAttributesPanelProps {
  readonly namespace: string;
  readonly isReadOnly: boolean;
}

/** What lists of workflows can be asked for beside what the server knows by itself. */
export function SearchAttributesPanel({ namespace, isReadOnly }: SearchAttributesPanelProps): ReactNode {
  const { data, error, refetch } = useQuery(searchAttributesQuery(namespace));
  const [isAdding, setIsAdding] = useState(false);
  const [removed, setRemoved] = useState<string>();
  const custom = Object.entries(data?.customAttributes ?? {}).toSorted(([a], [b]) => a.localeCompare(b));
  const system = Object.entries(data?.systemAttributes ?? {}).toSorted(([a], [b]) => a.localeCompare(b));
  return (
    <Panel
      title="Search attributes"
      actions={
        !isReadOnly && (
          <Button isSmall onClick={() => setIsAdding(true)}>
            <Plus size={14} />
            Add
          </Button>
        )
      }
    >
      {data === undefined && error === null && <Loading />}
      {data === undefined && error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {data !== undefined && (
        <>
          {custom.length === 0 && <p className={styles.muted}>This namespace has none of its own yet.</p>}
          <ul className={styles.attributes}>
            {custom.map(([name, type]) => (
              <li key={name}>
                <strong>{name}</strong>
                <span className={styles.muted}>{typeWords(type)}</span>
                {!isReadOnly && (
                  <IconButton label={`Remove ${name}`} isSmall onClick={() => setRemoved(name)}>
                    <Trash2 size={14} />
                  </IconButton>
                )}
              </li>
            ))}
          </ul>
          <details className={styles.system}>
            <summary>{system.length} that every namespace has</summary>
            <ul className={styles.attributes}>
              {system.map(([name, type]) => (
                <li key={name}>
                  <span>{name}</span>
                  <span className={styles.muted}>{typeWords(type)}</span>
                </li>
              ))}
            </ul>
          </details>
        </>
      )}
      {isAdding && <AddAttributeDialog namespace={namespace} onClose={() => setIsAdding(false)} />}
      {removed !== undefined && (
        <RemoveAttributeDialog namespace={namespace} name={removed} onClose={() => setRemoved(undefined)} />
      )}
    </Panel>
  );
}

function typeWords(type: string): string {
  return pascalCase(type.replace('INDEXED_VALUE_TYPE_', ''));
}
