import { type ReactNode, useMemo } from 'react';
import { CopyableId } from '../../../components/copy.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Facts, Panel, Stack } from '../../../components/page.tsx';
import { FailureView } from '../../../components/history/failure-view.tsx';
import { PayloadsView } from '../../../components/payload-view.tsx';
import { RunLink } from '../../../components/run-link.tsx';
import { Empty } from '../../../components/states.tsx';
import { Countdown, Elapsed, Timestamp } from '../../../components/time.tsx';
import { pendingUpdatesOf } from '../../../lib/history/pending-updates.ts';
import { enumWords } from '../../../lib/history/events.ts';
import { PendingActivityCard } from '../pending-activity-card.tsx';
import { useReplay } from '../replay/use-replay.ts';
import type { WorkflowView } from '../use-workflow.ts';

/** All that is under way: activities, the workflow task, updates, children, Nexus operations. */
export function PendingTab({ view }: { readonly view: WorkflowView }): ReactNode {
  const { at } = useReplay(view);
  const {
    pendingActivities = [],
    pendingChildren = [],
    pendingNexusOperations = [],
    pendingWorkflowTask,
  } = view.description;
  const updates = useMemo(() => pendingUpdatesOf(view.history.events), [view.history.events]);
  const count =
    pendingActivities.length +
    pendingChildren.length +
    pendingNexusOperations.length +
    (view.isOpen ? updates.length : 0);
  const past = at !== undefined && (
    <Notice tone="waiting">This is what is pending now. The timeline shows what was pending at event {at}.</Notice>
  );
  if (count === 0 && pendingWorkflowTask === undefined) {
    return (
      <>
        {past}
        <Empty title="Nothing is pending">
          {view.isOpen ? 'The workflow waits for a signal, an update or a timer.' : 'The workflow has ended.'}
        </Empty>
      </>
    );
  }
  return (
    <Stack>
      {past}
      {pendingWorkflowTask !== undefined && (
        <Panel title="Workflow task">
          <Facts
            facts={[
              ['State', enumWords(pendingWorkflowTask.state, 'PENDING_WORKFLOW_TASK_STATE_')],
              ['Attempt', pendingWorkflowTask.attempt ?? 1],
              ['Scheduled', <Timestamp key="scheduled" value={pendingWorkflowTask.scheduledTime} />],
              ['Started', <Timestamp key="started" value={pendingWorkflowTask.startedTime} />],
            ]}
          />
        </Panel>
      )}
      {pendingActivities.map((activity) => (
        <PendingActivityCard key={activity.activityId} activity={activity} run={view.run} />
      ))}
      {view.isOpen &&
        updates.map(({ id, name, acceptedTime, identity, input }) => (
          <Panel key={id} title={`Update ${name}`}>
            <Stack>
              <Facts
                facts={[
                  ['Accepted', <Timestamp key="accepted" value={acceptedTime} />],
                  ['Not answered for', <Elapsed key="waits" from={acceptedTime} />],
                  ['Sent by', identity],
                  ['Update ID', <CopyableId key="id" id={id} label="update ID" />],
                ]}
              />
              <PayloadsView payloads={input} label="input" none="no input" />
            </Stack>
          </Panel>
        ))}
      {pendingChildren.map(({ workflowId = '', runId = '', workflowTypeName, initiatedId }) => (
        <Panel key={initiatedId} title={`Child workflow ${workflowTypeName ?? ''}`}>
          <RunLink namespace={view.run.namespace} workflowId={workflowId} runId={runId} />
        </Panel>
      ))}
      {pendingNexusOperations.map((operation) => (
        <Panel
          key={operation.scheduledEventId}
          title={`Nexus operation ${operation.service ?? ''}.${operation.operation ?? ''}`}
        >
          <Facts
            facts={[
              ['State', enumWords(operation.state, 'PENDING_NEXUS_OPERATION_STATE_')],
              ['Endpoint', operation.endpoint],
              ['Attempt', operation.attempt ?? 1],
              [
                'Next attempt',
                operation.nextAttemptScheduleTime && <Countdown to={operation.nextAttemptScheduleTime} />,
              ],
              ['Blocked', operation.blockedReason],
            ]}
          />
          {operation.lastAttemptFailure !== undefined && <FailureView failure={operation.lastAttemptFailure} />}
        </Panel>
      ))}
    </Stack>
  );
}
