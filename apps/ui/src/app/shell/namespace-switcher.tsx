import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Box, ChevronsUpDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { namespacesQuery } from '../../api/queries.ts';
import { Menu, MenuChoice, MenuLabel } from '../../components/menu.tsx';
import styles from './shell.module.css';
import { useNamespace } from './use-namespace.ts';

/** Names of the namespaces to choose from, the system's own left out. */
export function useNamespaceNames(): readonly string[] {
  const { data } = useQuery(namespacesQuery);
  const names = (data?.namespaces ?? []).map(({ namespaceInfo }) => namespaceInfo?.name ?? '');
  return names.filter((name) => name !== '' && name !== 'temporal-system').sort();
}

export function NamespaceSwitcher({ isCollapsed }: { readonly isCollapsed: boolean }): ReactNode {
  const namespace = useNamespace();
  const names = useNamespaceNames();
  const navigate = useNavigate();
  const go = (name: string): void =>
    void navigate({ to: '/namespaces/$namespace/workflows', params: { namespace: name } });
  return (
    <Menu
      align="start"
      trigger={
        <button type="button" className={styles.switcher} title={`Namespace ${namespace}`}>
          <Box size={15} aria-hidden="true" />
          {!isCollapsed && (
            <>
              <span>{namespace}</span>
              <ChevronsUpDown size={13} aria-hidden="true" />
            </>
          )}
        </button>
      }
    >
      {names.length === 0 ? (
        <MenuLabel>No namespaces could be read</MenuLabel>
      ) : (
        <MenuChoice label="Namespace" value={namespace} options={names.map((name) => [name, name])} onChange={go} />
      )}
    </Menu>
  );
}
