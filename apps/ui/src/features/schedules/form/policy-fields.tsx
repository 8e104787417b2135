import type { ReactNode } from 'react';
import { boundTo } from '../../../components/bound.ts';
import { Checkbox, FieldRow, SelectField, TextField } from '../../../components/field.tsx';
import { Panel, Stack } from '../../../components/page.tsx';
import { overlapPolicies } from '../overlap.ts';
import type { FieldsProps } from './form-page.tsx';

/** What it does when things do not go as planned. */
export function PolicyFields({ form, set, problems }: FieldsProps): ReactNode {
  const bound = boundTo(form, set, problems);
  return (
    <Panel title="Policies">
      <Stack>
        <FieldRow>
          <SelectField
            label="If the last run still goes on"
            options={overlapPolicies}
            {...bound.text('overlapPolicy')}
          />
          <TextField
            label="Makes up for outages of"
            hint="Times missed for longer are passed over; empty for a year"
            {...bound.text('catchupWindow')}
          />
        </FieldRow>
        <Checkbox label="Pause when a run fails or times out" {...bound.check('pauseOnFailure')} />
        <Checkbox label="Limit the number of runs" {...bound.check('isLimited')} />
        {form.isLimited && <TextField label="Runs left" inputMode="numeric" {...bound.text('remainingActions')} />}
        <Checkbox label="Paused" {...bound.check('isPaused')} />
        <TextField label="Note" hint="What it is for, or why it is paused" {...bound.text('notes')} />
      </Stack>
    </Panel>
  );
}
