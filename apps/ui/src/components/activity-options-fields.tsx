import type { ActivityOptions } from '@perdure/proto/json-types';
import type { ReactNode } from 'react';
import { editedOptions, type OptionTexts } from '../lib/activity-options.ts';
import { FieldRow, TextField } from './field.tsx';

export interface ActivityOptionsFieldsProps {
  /** What they are; undefined where they are not the same for all that is changed. */
  readonly options: ActivityOptions | undefined;
  readonly texts: OptionTexts;
  readonly onChange: (texts: OptionTexts) => void;
}

/** Retry policy, timeouts and task queue of an activity. */
export function ActivityOptionsFields({ options, texts, onChange }: ActivityOptionsFieldsProps): ReactNode {
  return (
    <FieldRow>
      {editedOptions.map(({ label, path, read, write, hint }) => {
        const text = texts[path] ?? (options === undefined ? '' : read(options));
        const isWrong = (texts[path] ?? '') !== '' && write(text) === undefined;
        return (
          <TextField
            key={path}
            label={label}
            value={text}
            hint={hint}
            error={isWrong && 'Such as 30s, 5m, 1h'}
            onChange={(event) => onChange({ ...texts, [path]: event.target.value })}
          />
        );
      })}
    </FieldRow>
  );
}
