import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { call } from '../../api/client.ts';
import { ActionDialog } from '../../components/dialog.tsx';
import { JsonField } from '../../components/json-editor.tsx';
import { toast } from '../../components/toast.tsx';
import { useEncodedCall } from '../../lib/codec-call.ts';
import { failureLine } from '../../lib/history/events.ts';
import { jsonProblem } from '../../lib/json-problem.ts';
import { payloadsFromText } from '../../lib/payload.ts';
import type { Run } from '../../lib/self-description.ts';
import { type Answer, answerWords } from './answers.ts';
import { inboxSettings } from './inbox-settings.ts';

const identity = 'perdure-ui';

/** A workflow that was answered goes on, and often ends, a moment later. */
const readAgainMs = 800;

export interface AnswerDialogProps {
  readonly run: Run;
  readonly answer: Answer;
  readonly onClose: () => void;
}

/** Sends an answer, with what belongs to it. An update that the workflow refuses leaves the dialog open, and says why. */
export function AnswerDialog({ run, answer, onClose }: AnswerDialogProps): ReactNode {
  const { namespace, workflowId } = run;
  const [text, setText] = useState(() => inboxSettings(namespace).get().input);
  const queryClient = useQueryClient();
  const encodedCall = useEncodedCall();
  const readAgain = (): void => {
    void queryClient.invalidateQueries({ queryKey: ['ListWorkflowExecutions', namespace] });
    void queryClient.invalidateQueries({ queryKey: ['QueryWorkflow', namespace, workflowId] });
    void queryClient.invalidateQueries({ queryKey: ['GetWorkflowExecutionHistoryReverse', namespace, workflowId] });
  };
  return (
    <ActionDialog
      title={`${answerWords(answer.name)}: ${workflowId}`}
      description={
        answer.kind === 'signal'
          ? `Sends the signal ${answer.name}.`
          : `Sends the update ${answer.name} and waits for what the workflow says to it.`
      }
      actionLabel={answerWords(answer.name)}
      variant={answer.meaning === 'no' ? 'danger' : 'primary'}
      isReady={jsonProblem(text) === undefined}
      onClose={onClose}
      onAction={async () => {
        await send(encodedCall, run, answer, text);
        toast(`${workflowId} has your answer`);
        setTimeout(readAgain, readAgainMs);
      }}
    >
      <JsonField label="With it" value={text} onChange={setText} />
    </ActionDialog>
  );
}

async function send(
  through: typeof call,
  { namespace, workflowId, runId }: Run,
  { kind, name }: Answer,
  text: string,
): Promise<void> {
  const workflowExecution = { workflowId, runId };
  const args = payloadsFromText(text);
  if (kind === 'signal') {
    const requestId = crypto.randomUUID();
    await through('SignalWorkflowExecution', {
      namespace,
      workflowExecution,
      signalName: name,
      input: args,
      identity,
      requestId,
    });
    return;
  }
  const { outcome } = await through('UpdateWorkflowExecution', {
    namespace,
    workflowExecution,
    waitPolicy: { lifecycleStage: 'UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED' },
    request: { meta: { updateId: crypto.randomUUID(), identity }, input: { name, args } },
  });
  if (outcome?.failure !== undefined) throw new Error(failureLine(outcome.failure));
}
