import { type ReactNode, useState } from 'react';
import { call } from '../../../api/client.ts';
import { ActionDialog } from '../../../components/dialog.tsx';
import { PriorityFields } from '../../../components/priority-fields.tsx';
import { noPriority, priorityChange } from '../../../lib/priority.ts';
import { identity } from '../api.ts';
import type { WorkflowView } from '../use-workflow.ts';
import { useAction } from './use-action.ts';

export interface PriorityDialogProps {
  readonly view: WorkflowView;
  readonly onClose: () => void;
}

/** Whose tasks come before whose, from now on. */
export function PriorityDialog({ view, onClose }: PriorityDialogProps): ReactNode {
  const { run, description } = view;
  const { priorityKey, fairnessKey, fairnessWeight } = description.workflowExecutionInfo?.priority ?? {};
  const [texts, setTexts] = useState(noPriority);
  const act = useAction(run);
  const change = priorityChange(texts);
  const now = [
    priorityKey && `priority ${priorityKey}`,
    fairnessKey && `fairness key ${fairnessKey}`,
    fairnessWeight && `fairness weight ${fairnessWeight}`,
  ].filter(Boolean);
  return (
    <ActionDialog
      title={`Priority of ${run.workflowId}`}
      description={`Now it has ${now.length === 0 ? 'none of its own' : now.join(', ')}.`}
      actionLabel="Change"
      isReady={change !== undefined}
      onClose={onClose}
      onAction={() =>
        act('Its priority is changed', () =>
          call('UpdateWorkflowExecutionOptions', {
            namespace: run.namespace,
            workflowExecution: { workflowId: run.workflowId, runId: run.runId },
            identity,
            ...change,
          }),
        )
      }
    >
      <PriorityFields texts={texts} onChange={setTexts} />
    </ActionDialog>
  );
}
