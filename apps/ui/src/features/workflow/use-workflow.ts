import type { DescribeWorkflowExecutionResponse, PendingActivityInfo } from '@perdure/proto/json-types';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { EventGroup } from '../../lib/history/groups.ts';
import type { HistoryState } from '../../lib/history/history-loader.ts';
import { useHistory } from '../../lib/history/use-history.ts';
import { describeQuery, type Run } from './api.ts';

/** All that a page knows of one run. */
export interface WorkflowView {
  readonly run: Run;
  readonly description: DescribeWorkflowExecutionResponse;
  readonly history: HistoryState;
  readonly groups: readonly EventGroup[];
  /** Pending activities by their id. */
  readonly pending: ReadonlyMap<string, PendingActivityInfo>;
  readonly isOpen: boolean;
}

export interface WorkflowLoad {
  readonly view: WorkflowView | undefined;
  readonly error: Error | null;
  readonly refetch: () => void;
}

/** Describes a run and follows its history; each new event describes the run anew. */
export function useWorkflow(run: Run): WorkflowLoad {
  const { data: description, error, refetch } = useQuery(describeQuery(run));
  const history = useHistory(run.namespace, run.workflowId, run.runId);
  const queryClient = useQueryClient();
  // What is read of the past tells nothing new of the present.
  const lastId = history.isComplete ? history.events.at(-1)?.eventId : undefined;
  const { namespace, workflowId, runId } = run;
  useEffect(() => {
    if (lastId === undefined) return;
    void queryClient.invalidateQueries({ queryKey: describeQuery({ namespace, workflowId, runId }).queryKey });
  }, [queryClient, namespace, workflowId, runId, lastId]);
  const view = useMemo((): WorkflowView | undefined => {
    if (description === undefined) return undefined;
    const status = description.workflowExecutionInfo?.status;
    const activities = description.pendingActivities ?? [];
    return {
      run: { namespace, workflowId, runId },
      description,
      history,
      groups: history.groups,
      pending: new Map(activities.map((activity) => [activity.activityId ?? '', activity])),
      isOpen: status === 'WORKFLOW_EXECUTION_STATUS_RUNNING' || status === 'WORKFLOW_EXECUTION_STATUS_PAUSED',
    };
  }, [description, history, namespace, workflowId, runId]);
  return { view, error, refetch: () => void refetch() };
}
