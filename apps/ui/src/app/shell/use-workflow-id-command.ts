import { useNavigate } from '@tanstack/react-router';
import type { Command } from '../../lib/commands.ts';
import { useNamespace } from './use-namespace.ts';
import { quoted } from '../../lib/query/query-text.ts';

/** What a text that may be a workflow id can lead to. */
export function useWorkflowIdCommand(text: string): readonly Command[] {
  const navigate = useNavigate();
  const namespace = useNamespace();
  const workflowId = text.trim();
  if (workflowId === '') return [];
  const list = (query: string): void =>
    void navigate({ to: '/namespaces/$namespace/workflows', params: { namespace }, search: { query } });
  return [
    {
      id: 'search.id',
      title: `Workflows whose id begins with ${workflowId}`,
      group: 'Search',
      run: () => list(`WorkflowId STARTS_WITH ${quoted(workflowId)}`),
    },
    {
      id: 'search.type',
      title: `Workflows of type ${workflowId}`,
      group: 'Search',
      run: () => list(`WorkflowType = ${quoted(workflowId)}`),
    },
  ];
}
