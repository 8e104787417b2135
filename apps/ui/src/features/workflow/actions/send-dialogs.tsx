import type { Payloads } from '@perdure/proto/json-types';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useId, useState } from 'react';
import type { call } from '../../../api/client.ts';
import { ActionDialog, Dialog } from '../../../components/dialog.tsx';
import { Field, Input, TextField } from '../../../components/field.tsx';
import { FailureView } from '../../../components/history/failure-view.tsx';
import { JsonField } from '../../../components/json-editor.tsx';
import { useCodec } from '../../../lib/codec.ts';
import { useEncodedCall } from '../../../lib/codec-call.ts';
import { jsonProblem } from '../../../lib/json-problem.ts';
import { PayloadsView } from '../../../components/payload-view.tsx';
import { payloadsFromText } from '../../../lib/payload.ts';
import { identity, type Run, selfDescriptionQuery } from '../api.ts';
import { useAction, useDescribeAgain } from './use-action.ts';

interface SendDialogProps {
  readonly run: Run;
  readonly onClose: () => void;
}

interface HandlerFieldProps {
  readonly label: string;
  readonly names: readonly string[] | undefined;
  readonly value: string;
  readonly onChange: (name: string) => void;
}

/** The name of a handler: one of those that the workflow says it has, or any other. */
export function HandlerField({ label, names, value, onChange }: HandlerFieldProps): ReactNode {
  const listId = useId();
  const hint =
    names === undefined
      ? 'No worker has said which names there are'
      : names.length > 0
        ? `The workflow has ${names.join(', ')}`
        : 'The workflow names none; it may still take one';
  return (
    <Field label={label} hint={hint}>
      {(control) => (
        <>
          <Input {...control} list={listId} value={value} onChange={(event) => onChange(event.target.value)} />
          <datalist id={listId}>
            {names?.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}

export function SignalDialog({ run, onClose }: SendDialogProps): ReactNode {
  const { data } = useQuery(selfDescriptionQuery(run, useCodec()));
  const [name, setName] = useState<string>();
  const [text, setText] = useState('');
  const act = useAction(run);
  const send = useEncodedCall();
  const chosen = name ?? data?.signals[0] ?? '';
  const { namespace, workflowId, runId } = run;
  return (
    <ActionDialog
      title={`Signal ${workflowId}`}
      actionLabel="Send"
      isReady={chosen !== '' && jsonProblem(text) === undefined}
      onClose={onClose}
      onAction={() =>
        act(`The signal ${chosen} is sent`, () =>
          send('SignalWorkflowExecution', {
            namespace,
            workflowExecution: { workflowId, runId },
            signalName: chosen,
            input: payloadsFromText(text),
            identity,
            requestId: crypto.randomUUID(),
          }),
        )
      }
    >
      <HandlerField label="Signal" names={data?.signals} value={chosen} onChange={setName} />
      <JsonField label="Input" value={text} onChange={setText} />
    </ActionDialog>
  );
}

/** Sends an update and waits for its outcome, which it shows. */
export function UpdateDialog({ run, onClose }: SendDialogProps): ReactNode {
  const { data } = useQuery(selfDescriptionQuery(run, useCodec()));
  const [name, setName] = useState<string>();
  const [updateId, setUpdateId] = useState('');
  const [text, setText] = useState('');
  const [outcome, setOutcome] = useState<Outcome>();
  const describeAgain = useDescribeAgain(run);
  const encodedCall = useEncodedCall();
  const chosen = name ?? data?.updates[0] ?? '';
  const send = async (): Promise<void> => {
    const reply = await sendUpdate(encodedCall, run, chosen, updateId, text);
    setOutcome(reply);
    await describeAgain();
  };
  if (outcome !== undefined) return <OutcomeDialog name={chosen} outcome={outcome} onClose={onClose} />;
  return (
    <ActionDialog
      title={`Update ${run.workflowId}`}
      description="Waits until the workflow has answered."
      actionLabel="Send"
      isReady={chosen !== '' && jsonProblem(text) === undefined}
      onClose={onClose}
      onAction={send}
      closesWhenDone={false}
    >
      <HandlerField label="Update" names={data?.updates} value={chosen} onChange={setName} />
      <JsonField label="Input" value={text} onChange={setText} />
      <TextField
        label="Update ID"
        hint="The same ID is done once; empty for a new one"
        value={updateId}
        onChange={(event) => setUpdateId(event.target.value)}
      />
    </ActionDialog>
  );
}

type Outcome = Awaited<ReturnType<typeof sendUpdate>>;

async function sendUpdate(send: typeof call, run: Run, name: string, updateId: string, text: string) {
  const { namespace, workflowId, runId } = run;
  const args: Payloads | undefined = payloadsFromText(text);
  const reply = await send('UpdateWorkflowExecution', {
    namespace,
    workflowExecution: { workflowId, runId },
    waitPolicy: { lifecycleStage: 'UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED' },
    request: { meta: { updateId: updateId || crypto.randomUUID(), identity }, input: { name, args } },
  });
  return reply.outcome ?? {};
}

function OutcomeDialog({ name, outcome, onClose }: { name: string; outcome: Outcome; onClose: () => void }): ReactNode {
  return (
    <Dialog title={outcome.failure ? `${name} was refused or failed` : `${name} is done`} onClose={onClose}>
      {outcome.failure === undefined ? (
        <PayloadsView payloads={outcome.success} label="result" none="no result" />
      ) : (
        <FailureView failure={outcome.failure} />
      )}
    </Dialog>
  );
}
