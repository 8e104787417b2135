import { useQuery } from '@tanstack/react-query';
import { RefreshCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../../../components/button.tsx';
import { TextView } from '../../../components/json-view.tsx';
import { Panel } from '../../../components/page.tsx';
import { Empty, Loading } from '../../../components/states.tsx';
import { decodePayload, useCodec } from '../../../lib/codec.ts';
import { readPayload } from '../../../lib/payload.ts';
import { queryWorkflow } from '../api.ts';
import type { WorkflowView } from '../use-workflow.ts';
import { QueryError } from './query-error.tsx';

/** Where the workflow's code stands: the stacks of its coroutines, from a worker. */
export function StackTab({ view }: { readonly view: WorkflowView }): ReactNode {
  const { run, isOpen } = view;
  const codec = useCodec();
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['QueryWorkflow', run.namespace, run.workflowId, run.runId, '__stack_trace', codec],
    queryFn: async ({ signal }) => {
      const payload = await queryWorkflow(run, '__stack_trace', undefined, { signal });
      const read = payload && readPayload(await decodePayload(payload, codec, signal));
      return read?.kind === 'json' ? String(read.value) : '';
    },
    retry: false,
    enabled: isOpen,
  });
  if (!isOpen) return <Empty title="The workflow has ended">Only a workflow that is under way stands somewhere.</Empty>;
  return (
    <Panel
      title="Call stack"
      actions={
        <Button isSmall disabled={isFetching} onClick={() => void refetch()}>
          <RefreshCw size={13} />
          Ask again
        </Button>
      }
    >
      {error !== null && <QueryError error={error} />}
      {data === undefined && error === null && <Loading>Asking a worker</Loading>}
      {data !== undefined &&
        (data === '' ? 'The workflow awaits nothing.' : <TextView text={data} label="call stack" />)}
    </Panel>
  );
}
