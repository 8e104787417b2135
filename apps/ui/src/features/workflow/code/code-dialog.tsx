import { type ReactNode, useState } from 'react';
import { Dialog } from '../../../components/dialog.tsx';
import { Select } from '../../../components/field.tsx';
import { TextView } from '../../../components/json-view.tsx';
import { Segmented } from '../../../components/segmented.tsx';
import { readPayload } from '../../../lib/payload.ts';
import type { WorkflowView } from '../use-workflow.ts';
import { clientCode, type CodeFacts, type CodeLanguage, type CodePurpose, purposes } from './client-code.ts';

/** The call of a client, or the command, for what is on the page. */
export function CodeDialog({
  view,
  onClose,
}: {
  readonly view: WorkflowView;
  readonly onClose: () => void;
}): ReactNode {
  const [language, setLanguage] = useState<CodeLanguage>('typescript');
  const [purpose, setPurpose] = useState<CodePurpose>('start');
  return (
    <Dialog title="Copy as code" isWide onClose={onClose}>
      <Select
        aria-label="What it does"
        options={purposes}
        value={purpose}
        onChange={(event) => setPurpose(event.target.value as CodePurpose)}
      />
      <Segmented
        label="Language"
        value={language}
        options={[
          ['typescript', 'TypeScript'],
          ['python', 'Python'],
          ['cli', 'Command line'],
        ]}
        onChange={setLanguage}
      />
      <TextView text={clientCode(language, purpose, factsOf(view))} label="code" />
    </Dialog>
  );
}

function factsOf({ run, description, history }: WorkflowView): CodeFacts {
  const payloads = history.events[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  const read = payloads.map(readPayload);
  const isJson = read.every(({ kind }) => kind === 'json' || kind === 'null');
  return {
    address: `${location.hostname}:7233`,
    namespace: run.namespace,
    workflowId: run.workflowId,
    runId: run.runId,
    type: description.workflowExecutionInfo?.type?.name ?? '',
    taskQueue: description.workflowExecutionInfo?.taskQueue ?? '',
    args: isJson ? read.map((payload) => (payload.kind === 'json' ? payload.value : null)) : undefined,
  };
}
