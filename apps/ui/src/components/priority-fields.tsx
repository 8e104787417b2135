import type { ReactNode } from 'react';
import { isWeight, type PriorityTexts } from '../lib/priority.ts';
import { FieldRow, SelectField, TextField } from './field.tsx';

const keys = [
  ['', 'As it is'],
  ['1', '1, first'],
  ['2', '2'],
  ['3', '3, as when none is set'],
  ['4', '4'],
  ['5', '5, last'],
] as const;

export interface PriorityFieldsProps {
  readonly texts: PriorityTexts;
  readonly onChange: (texts: PriorityTexts) => void;
}

/** Whose tasks come first, and whose turn counts as whose. */
export function PriorityFields({ texts, onChange }: PriorityFieldsProps): ReactNode {
  return (
    <FieldRow>
      <SelectField
        label="Priority"
        options={keys}
        value={texts.key}
        onChange={(event) => onChange({ ...texts, key: event.target.value })}
      />
      <TextField
        label="Fairness key"
        hint="Such as a tenant; empty for as it is"
        value={texts.fairnessKey}
        onChange={(event) => onChange({ ...texts, fairnessKey: event.target.value })}
      />
      <TextField
        label="Fairness weight"
        hint="Twice the weight, twice the turns; empty for as it is"
        error={!isWeight(texts.fairnessWeight) && 'A number above 0'}
        value={texts.fairnessWeight}
        onChange={(event) => onChange({ ...texts, fairnessWeight: event.target.value })}
      />
    </FieldRow>
  );
}
