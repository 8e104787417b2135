import type { ReactNode } from 'react';
import { CodeDialog } from '../../../components/code-dialog.tsx';
import { readPayload } from '../../../lib/payload.ts';
import type { WorkflowView } from '../use-workflow.ts';
import { clientCode, type CodeFacts, purposes } from './client-code.ts';

export interface WorkflowCodeDialogProps {
  readonly view: WorkflowView;
  readonly onClose: () => void;
}

export function WorkflowCodeDialog({ view, onClose }: WorkflowCodeDialogProps): ReactNode {
  return (
    <CodeDialog
      purposes={purposes}
      code={(language, purpose, address) => clientCode(language, purpose, factsOf(view, address))}
      onClose={onClose}
    />
  );
}

function factsOf({ run, description, history }: WorkflowView, address: string): CodeFacts {
  const payloads = history.events[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  const read = payloads.map(readPayload);
  const isJson = read.every(({ kind }) => kind === 'json' || kind === 'null');
  return {
    address,
    namespace: run.namespace,
    workflowId: run.workflowId,
    runId: run.runId,
    type: description.workflowExecutionInfo?.type?.name ?? '',
    taskQueue: description.workflowExecutionInfo?.taskQueue ?? '',
    args: isJson ? read.map((payload) => (payload.kind === 'json' ? payload.value : null)) : undefined,
  };
}
