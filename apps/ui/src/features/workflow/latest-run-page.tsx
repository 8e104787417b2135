import { useQuery } from '@tanstack/react-query';
import { Navigate, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { GrpcCode, hasCode } from '../../api/errors.ts';
import { UnreadPage } from '../../components/page.tsx';
import { describeQuery } from './api.ts';
import { Gone } from './workflow-page.tsx';

/** `/namespaces/default/workflows/ID`: the latest run, whichever that is when the link is followed. */
export function LatestRunPage(): ReactNode {
  const { namespace, workflowId } = useParams({ from: '/namespaces/$namespace/workflows/$workflowId' });
  const query = { ...describeQuery({ namespace, workflowId, runId: '' }), refetchInterval: false as const, gcTime: 0 };
  const { data, error, refetch } = useQuery(query);
  if (hasCode(error, GrpcCode.notFound)) return <Gone />;
  const runId = data?.workflowExecutionInfo?.execution?.runId;
  if (error !== null || runId === undefined) {
    return (
      <UnreadPage error={error} onRetry={() => void refetch()}>
        Looking for the latest run
      </UnreadPage>
    );
  }
  return (
    <Navigate
      to="/namespaces/$namespace/workflows/$workflowId/$runId/{-$tab}"
      params={{ namespace, workflowId, runId }}
      replace
    />
  );
}
