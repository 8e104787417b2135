import type { ReactNode } from 'react';
import { boundTo } from '../../../components/bound.ts';
import { ArgumentsField } from '../../../components/arguments-field.tsx';
import { Button } from '../../../components/button.tsx';
import { FieldRow, TextField } from '../../../components/field.tsx';
import { JsonField } from '../../../components/json-editor.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Panel, Stack } from '../../../components/page.tsx';
import styles from './form.module.css';
import type { FieldsProps } from './form-page.tsx';

export interface ActionFieldsProps extends FieldsProps {
  readonly isNew: boolean;
}

/** Which workflow is started, and with what. */
export function ActionFields({ isNew, ...fields }: ActionFieldsProps): ReactNode {
  const { form, set, problems } = fields;
  const bound = boundTo(form, set, problems);
  return (
    <Panel title={isNew ? 'What it starts' : `What ${form.scheduleId} starts`}>
      <Stack>
        {isNew && <TextField label="Schedule ID" {...bound.text('scheduleId')} />}
        <FieldRow>
          <TextField label="Workflow type" {...bound.text('type')} />
          <TextField label="Task queue" {...bound.text('taskQueue')} />
          <TextField
            label="Workflow ID"
            hint="The time of each run is put after it; empty for the schedule's"
            {...bound.text('workflowId')}
          />
        </FieldRow>
        {form.args === undefined ? (
          <Notice tone="quiet" actions={<Button onClick={() => set({ args: [''] })}>Replace it</Button>}>
            Its input is no JSON that can be edited here. It stays as it is.
          </Notice>
        ) : (
          <ArgumentsField value={form.args} onChange={(args) => set({ args })} />
        )}
        <MoreFields {...fields} />
      </Stack>
    </Panel>
  );
}

/** What few need: timeouts, retries, search attributes, memo. */
function MoreFields({ form, set, problems }: FieldsProps): ReactNode {
  const bound = boundTo(form, set, problems);
  return (
    <details className={styles.more}>
      <summary>More options of the workflow</summary>
      <Stack>
        <FieldRow>
          {(
            [
              ['executionTimeout', 'Execution timeout'],
              ['runTimeout', 'Run timeout'],
              ['taskTimeout', 'Task timeout'],
              ['maximumAttempts', 'Attempts'],
            ] as const
          ).map(([name, label]) => (
            <TextField
              key={name}
              label={label}
              hint={name === 'maximumAttempts' ? 'Empty for one, 0 for no limit' : 'Such as 30s, 5m, 1h'}
              {...bound.text(name)}
            />
          ))}
        </FieldRow>
        {(
          [
            ['searchAttributes', 'Search attributes'],
            ['memo', 'Memo'],
          ] as const
        ).map(([name, label]) => {
          const text = form[name];
          return text === undefined ? (
            <Notice key={name} tone="quiet" actions={<Button onClick={() => set({ [name]: '' })}>Replace</Button>}>
              {label}: not all is JSON that can be edited here. It stays as it is.
            </Notice>
          ) : (
            <JsonField
              key={name}
              label={label}
              hint="A JSON object: a field for each"
              error={problems[name]}
              value={text}
              onChange={(next) => set({ [name]: next })}
            />
          );
        })}
      </Stack>
    </details>
  );
}
