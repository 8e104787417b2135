import { type ReactNode, useState } from 'react';
import { boundTo } from '../../components/bound.ts';
import { Button } from '../../components/button.tsx';
import { ActionDialog } from '../../components/dialog.tsx';
import { TextField } from '../../components/field.tsx';
import { JsonField } from '../../components/json-editor.tsx';
import { jsonProblem } from '../../lib/json-problem.ts';
import { inboxSettings, initialInbox } from './inbox-settings.ts';

export interface InboxSettingsDialogProps {
  readonly namespace: string;
  readonly onClose: () => void;
}

export function InboxSettingsDialog({ namespace, onClose }: InboxSettingsDialogProps): ReactNode {
  const store = inboxSettings(namespace);
  const [form, setForm] = useState(store.get);
  const set = (part: Partial<typeof form>): void => setForm((before) => ({ ...before, ...part }));
  const bound = boundTo(form, set);
  return (
    <ActionDialog
      title="What is in the inbox"
      description={`Kept in this browser, for the namespace ${namespace}.`}
      actionLabel="Save"
      isReady={jsonProblem(form.input) === undefined}
      aside={<Button onClick={() => setForm(initialInbox)}>As it was at first</Button>}
      onClose={onClose}
      onAction={() => {
        store.set({ ...form, query: form.query.trim() });
        return Promise.resolve();
      }}
    >
      <TextField
        label="Workflows"
        hint={'A query, such as ExecutionStatus = "Running" AND WaitsFor = "person"'}
        isMono
        {...bound.text('query')}
      />
      <TextField
        label="Answers"
        hint="Names of signals and updates, such as approve, reject; empty for all that a workflow says it takes"
        {...bound.text('answers')}
      />
      <JsonField
        label="Sent with an answer"
        hint="JSON to begin with; it can be changed each time"
        {...bound.value('input')}
      />
    </ActionDialog>
  );
}
