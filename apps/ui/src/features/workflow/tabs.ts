import { useNavigate } from '@tanstack/react-router';
import type { Run } from './api.ts';

export const tabs = [
  { name: 'timeline', title: 'Timeline' },
  { name: 'history', title: 'History' },
  { name: 'pending-activities', title: 'Pending' },
  { name: 'relationships', title: 'Relationships' },
  { name: 'query', title: 'Queries' },
  { name: 'call-stack', title: 'Call stack' },
  { name: 'workers', title: 'Workers' },
  { name: 'metadata', title: 'Metadata' },
  { name: 'ai', title: 'AI calls' },
] as const;

export type TabName = (typeof tabs)[number]['name'];

/** Names of the official UI's parts that are here within another. */
const aliases: Readonly<Record<string, TabName>> = {
  'user-metadata': 'metadata',
  'search-attributes': 'metadata',
  memo: 'metadata',
  queries: 'query',
  'nexus-links': 'relationships',
};

export function tabOf(name: string | undefined): TabName {
  const known = tabs.find((tab) => tab.name === name);
  return known?.name ?? aliases[name ?? ''] ?? 'timeline';
}

export function useGoToTab({ namespace, workflowId, runId }: Run): (name: TabName) => void {
  const navigate = useNavigate();
  return (name) =>
    void navigate({
      to: '/namespaces/$namespace/workflows/$workflowId/$runId/{-$tab}',
      params: { namespace, workflowId, runId, tab: name === 'timeline' ? undefined : name },
    });
}
