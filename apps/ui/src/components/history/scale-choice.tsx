import { Segmented } from '../segmented.tsx';
import type { ScaleKind } from './timeline.tsx';

/** Chooses how the timeline shows waits. */
export function ScaleChoice({
  value,
  onChange,
}: {
  readonly value: ScaleKind;
  readonly onChange: (next: ScaleKind) => void;
}) {
  return (
    <Segmented
      label="Scale"
      value={value}
      options={[
        ['even', 'Shorten waits'],
        ['linear', 'True to time'],
      ]}
      onChange={onChange}
    />
  );
}
