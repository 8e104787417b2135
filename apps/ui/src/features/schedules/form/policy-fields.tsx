import type { ScheduleOverlapPolicy } from '@perdure/proto/json-types';
import type { ReactNode } from 'react';
import { Checkbox, FieldRow, SelectField, TextField } from '../../../components/field.tsx';
import { Panel, Stack } from '../../../components/page.tsx';
import { overlapPolicies } from '../overlap.ts';
import type { FieldsProps } from './form-page.tsx';

/** What it does when things do not go as planned. */
export function PolicyFields({ form, set, problems }: FieldsProps): ReactNode {
  return (
    <Panel title="Policies">
      <Stack>
        <FieldRow>
          <SelectField
            label="If the last run still goes on"
            options={overlapPolicies}
            value={form.overlapPolicy}
            onChange={(event) => set({ overlapPolicy: event.target.value as ScheduleOverlapPolicy })}
          />
          <TextField
            label="Makes up for outages of"
            hint="Times missed for longer are passed over; empty for a year"
            error={problems.catchupWindow}
            value={form.catchupWindow}
            onChange={(event) => set({ catchupWindow: event.target.value })}
          />
        </FieldRow>
        <Checkbox
          label="Pause when a run fails or times out"
          checked={form.pauseOnFailure}
          onChange={(event) => set({ pauseOnFailure: event.target.checked })}
        />
        <Checkbox
          label="Limit the number of runs"
          checked={form.isLimited}
          onChange={(event) => set({ isLimited: event.target.checked })}
        />
        {form.isLimited && (
          <TextField
            label="Runs left"
            inputMode="numeric"
            error={problems.remainingActions}
            value={form.remainingActions}
            onChange={(event) => set({ remainingActions: event.target.value })}
          />
        )}
        <Checkbox
          label="Paused"
          checked={form.isPaused}
          onChange={(event) => set({ isPaused: event.target.checked })}
        />
        <TextField
          label="Note"
          hint="What it is for, or why it is paused"
          value={form.notes}
          onChange={(event) => set({ notes: event.target.value })}
        />
      </Stack>
    </Panel>
  );
}
