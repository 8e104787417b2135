import type { PendingNexusOperationInfo, PendingWorkflowTaskInfo } from '@perdure/proto/json-types';
import { type ReactNode, useMemo } from 'react';
import { CopyableId } from '../../../components/copy.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Facts, Panel, Stack } from '../../../components/page.tsx';
import { FailureView } from '../../../components/history/failure-view.tsx';
import { PayloadsView } from '../../../components/payload-view.tsx';
import { RunLink } from '../../../components/run-link.tsx';
import { Empty } from '../../../components/states.tsx';
import { Countdown, Elapsed, Timestamp } from '../../../components/time.tsx';
import { type PendingUpdate, pendingUpdatesOf } from '../../../lib/history/pending-updates.ts';
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
      {pendingWorkflowTask !== undefined && <WorkflowTaskPanel task={pendingWorkflowTask} />}
      {pendingActivities.map((activity) => (
        <PendingActivityCard key={activity.activityId} activity={activity} run={view.run} />
      ))}
      {view.isOpen && updates.map((update) => <UpdatePanel key={update.id} update={update} />)}
      {pendingChildren.map(({ workflowId = '', runId = '', workflowTypeName, initiatedId }) => (
        <Panel key={initiatedId} title={`Child workflow ${workflowTypeName ?? ''}`}>
          <RunLink namespace={view.run.namespace} workflowId={workflowId} runId={runId} />
        </Panel>
      ))}
      {pendingNexusOperations.map((operation) => (
        <NexusPanel key={operation.scheduledEventId} operation={operation} />
      ))}
    </Stack>
  );
}

function WorkflowTaskPanel({ task }: { readonly task: PendingWorkflowTaskInfo }): ReactNode {
  return (
    <Panel title="Workflow task">
      <Facts
        facts={[
          ['State', enumWords(task.state, 'PENDING_WORKFLOW_TASK_STATE_')],
          ['Attempt', task.attempt ?? 1],
          ['Scheduled', <Timestamp key="scheduled" value={task.scheduledTime} />],
          ['Started', <Timestamp key="started" value={task.startedTime} />],
        ]}
      />
    </Panel>
  );
}

function UpdatePanel({ update }: { readonly update: PendingUpdate }): ReactNode {
  const { id, name, acceptedTime, identity, input } = update;
  return (
    <Panel title={`Update ${name}`}>
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
  );
}

function NexusPanel({ operation }: { readonly operation: PendingNexusOperationInfo }): ReactNode {
  const { service = '', operation: name = '', nextAttemptScheduleTime: nextTime, lastAttemptFailure } = operation;
  return (
    <Panel title={`Nexus operation ${service}.${name}`}>
      <Facts
        facts={[
          ['State', enumWords(operation.state, 'PENDING_NEXUS_OPERATION_STATE_')],
          ['Endpoint', operation.endpoint],
          ['Attempt', operation.attempt ?? 1],
          ['Next attempt', nextTime && <Countdown to={nextTime} />],
          ['Blocked', operation.blockedReason],
        ]}
      />
      {lastAttemptFailure !== undefined && <FailureView failure={lastAttemptFailure} />}
    </Panel>
  );
}
