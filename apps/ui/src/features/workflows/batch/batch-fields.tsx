import type { ReactNode } from 'react';
import { ActivityOptionsFields } from '../../../components/activity-options-fields.tsx';
import { Checkbox, SelectField, TextField } from '../../../components/field.tsx';
import { JsonField } from '../../../components/json-editor.tsx';
import { PriorityFields } from '../../../components/priority-fields.tsx';
import type { BatchAction, BatchForm } from './operations.ts';

export interface BatchFieldsProps {
  readonly action: BatchAction;
  readonly form: BatchForm;
  readonly onChange: (part: Partial<BatchForm>) => void;
}

/** What an action has to know. */
export function BatchFields({ action, form, onChange }: BatchFieldsProps): ReactNode {
  switch (action) {
    case 'signal':
      return (
        <>
          <TextField
            label="Signal"
            value={form.signalName}
            onChange={(event) => onChange({ signalName: event.target.value })}
          />
          <JsonField label="Input" value={form.input} onChange={(input) => onChange({ input })} />
        </>
      );
    case 'reset':
      return (
        <SelectField
          label="Point"
          options={[
            ['first', 'The first workflow task'],
            ['last', 'The last workflow task'],
          ]}
          value={form.resetTo}
          onChange={(event) => onChange({ resetTo: event.target.value as BatchForm['resetTo'] })}
        />
      );
    case 'priority':
      return <PriorityFields texts={form.priority} onChange={(priority) => onChange({ priority })} />;
    case 'unpauseActivities':
    case 'resetActivities':
    case 'activityOptions':
      return <ActivityFields action={action} form={form} onChange={onChange} />;
    default:
      return null;
  }
}

type Flag = 'resetsAttempts' | 'resetsHeartbeat' | 'keepsPaused' | 'restoresOptions';

const flags: Readonly<Partial<Record<BatchAction, readonly (readonly [Flag, string])[]>>> = {
  unpauseActivities: [
    ['resetsAttempts', 'From their first attempt'],
    ['resetsHeartbeat', 'Forget what their heartbeats said'],
  ],
  resetActivities: [
    ['resetsHeartbeat', 'Forget what their heartbeats said'],
    ['keepsPaused', 'Those that are paused stay so'],
    ['restoresOptions', 'With the options that the workflow gave them'],
  ],
  activityOptions: [['restoresOptions', 'Back to those that the workflow gave them']],
};

function ActivityFields({ action, form, onChange }: BatchFieldsProps): ReactNode {
  return (
    <>
      <TextField
        label="Activity type"
        hint="Empty for all activities"
        value={form.activityType}
        onChange={(event) => onChange({ activityType: event.target.value })}
      />
      {(flags[action] ?? []).map(([flag, label]) => (
        <Checkbox key={flag} label={label} checked={form[flag]} onChange={() => onChange({ [flag]: !form[flag] })} />
      ))}
      {action === 'activityOptions' && !form.restoresOptions && (
        <ActivityOptionsFields options={undefined} texts={form.options} onChange={(options) => onChange({ options })} />
      )}
    </>
  );
}
