import { type ReactNode, useState } from 'react';
import { usePreferences } from '../../lib/preferences.ts';
import { readRelativeTime, type RelativeTime, writeRelativeTime } from '../../lib/query/times.ts';
import { instantOfWallTime, wallTimeOf } from '../../lib/time.ts';
import { FieldRow, SelectField, TextField } from '../field.tsx';

type Kind = 'ago' | 'ahead' | 'today' | 'instant' | 'text';

export const initialTime = 'now - 1h';

const kinds = [
  ['ago', 'a while ago'],
  ['ahead', 'a while ahead'],
  ['today', 'midnight today'],
  ['instant', 'a date and time'],
] as const;

const units = [
  ['s', 'seconds'],
  ['m', 'minutes'],
  ['h', 'hours'],
  ['d', 'days'],
  ['w', 'weeks'],
] as const;

function kindOf(time: RelativeTime | undefined, value: string): Kind {
  if (time === undefined) return value === '' || !Number.isNaN(Date.parse(value)) ? 'instant' : 'text';
  if (time.base === 'today') return time.offset === 0 ? 'today' : 'text';
  return time.offset > 0 ? 'ahead' : 'ago';
}

export interface TimeFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A time of a filter: an instant, or one that moves with the clock. */
export function TimeField({ value, onChange }: TimeFieldProps): ReactNode {
  const time = readRelativeTime(value);
  const [kind, setKind] = useState(() => kindOf(time, value));
  const choose = (next: Kind): void => {
    setKind(next);
    const [count] = time?.distance.match(/^\d+[smhdw]/i) ?? ['1h'];
    onChange({ ago: `now - ${count}`, ahead: `now + ${count}`, today: 'today', instant: '', text: value }[next]);
  };
  return (
    <>
      <SelectField
        label="Time"
        options={kind === 'text' ? [...kinds, ['text', 'as written']] : kinds}
        value={kind}
        onChange={(event) => choose(event.target.value as Kind)}
      />
      {(kind === 'ago' || kind === 'ahead') && (
        <Distance isPast={kind === 'ago'} distance={time?.distance ?? ''} onChange={onChange} />
      )}
      {kind === 'instant' && <Instant value={value} onChange={onChange} />}
      {kind === 'text' && (
        <TextField label="As in the query" value={value} onChange={(event) => onChange(event.target.value)} />
      )}
    </>
  );
}

interface DistanceProps {
  readonly isPast: boolean;
  readonly distance: string;
  readonly onChange: (value: string) => void;
}

function Distance({ isPast, distance, onChange }: DistanceProps): ReactNode {
  const [count, setCount] = useState(distance.slice(0, -1));
  const unit = distance.slice(-1) || 'h';
  const change = (nextCount: string, nextUnit: string): void => {
    setCount(nextCount);
    const time = readRelativeTime(`now ${isPast ? '-' : '+'} ${nextCount}${nextUnit}`);
    onChange(time === undefined || time.offset === 0 ? '' : writeRelativeTime(time));
  };
  return (
    <FieldRow>
      <TextField
        label="How many"
        type="number"
        min={1}
        step={1}
        value={count}
        onChange={(event) => change(event.target.value, unit)}
      />
      <SelectField
        label="Of what"
        options={units}
        value={unit}
        onChange={(event) => change(count, event.target.value)}
      />
    </FieldRow>
  );
}

function Instant({ value, onChange }: TimeFieldProps): ReactNode {
  const { timeZone } = usePreferences();
  const timeMs = Date.parse(value);
  return (
    <TextField
      label="Date and time"
      type="datetime-local"
      step={1}
      hint={timeZone === 'local' ? "In this browser's zone" : `In the zone ${timeZone}`}
      value={Number.isNaN(timeMs) ? '' : wallTimeOf(timeMs, timeZone)}
      onChange={(event) => onChange(instantOfWallTime(event.target.value, timeZone) ?? '')}
    />
  );
}
