import { Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { boundTo } from '../../../components/bound.ts';
import { IconButton } from '../../../components/button.tsx';
import { TextField } from '../../../components/field.tsx';
import { Segmented } from '../../../components/segmented.tsx';
import styles from './form.module.css';
import { ruleProblem } from './problems.ts';
import type { RuleForm, RuleKind } from './rule-form.ts';

const kinds: readonly (readonly [RuleKind, string])[] = [
  ['times', 'Days and times'],
  ['interval', 'Interval'],
  ['cron', 'Cron'],
  ['calendar', 'Calendar'],
];

export interface RuleFieldsProps {
  readonly rule: RuleForm;
  readonly label: string;
  /** An exception is a calendar: it has no intervals. */
  readonly isExclusion?: boolean;
  readonly onChange: (rule: RuleForm) => void;
  readonly onRemove: (() => void) | undefined;
}

export function RuleFields({ rule, label, isExclusion = false, onChange, onRemove }: RuleFieldsProps): ReactNode {
  const set = (part: Partial<RuleForm>): void => onChange({ ...rule, ...part });
  const problem = ruleProblem(rule);
  const bound = boundTo(rule, set);
  const shown = isExclusion ? kinds.filter(([kind]) => kind === 'times' || kind === 'calendar') : kinds;
  return (
    <fieldset className={styles.rule}>
      <legend className={styles.legend}>{label}</legend>
      <div className={styles.ruleHead}>
        <Segmented
          label={`How ${label.toLowerCase()} is told`}
          value={rule.kind}
          options={shown}
          onChange={(kind) => set({ kind })}
        />
        {onRemove !== undefined && (
          <IconButton label={`Remove ${label.toLowerCase()}`} onClick={onRemove}>
            <Trash2 size={15} />
          </IconButton>
        )}
      </div>
      {rule.kind === 'times' && <TimesFields rule={rule} set={set} />}
      {rule.kind === 'interval' && (
        <div className={styles.fields}>
          <TextField label="Every" hint="Such as 30s, 5m, 1h30m, 1d" {...bound.text('every')} />
          <TextField label="Offset" hint="Moves all times: 5m makes 10:05 of 10:00" {...bound.text('offset')} />
        </div>
      )}
      {rule.kind === 'cron' && (
        <TextField
          label="Cron string"
          hint="Minute, hour, day of month, month, day of week; @daily, @every 90m; a comment after #"
          isMono
          {...bound.text('cron')}
        />
      )}
      {rule.kind === 'calendar' && <CalendarFields rule={rule} set={set} />}
      {problem !== undefined && <p className={styles.problem}>{problem}</p>}
    </fieldset>
  );
}

interface FieldsProps {
  readonly rule: RuleForm;
  readonly set: (part: Partial<RuleForm>) => void;
}

const weekdays = [
  [1, 'Mon', 'Monday'],
  [2, 'Tue', 'Tuesday'],
  [3, 'Wed', 'Wednesday'],
  [4, 'Thu', 'Thursday'],
  [5, 'Fri', 'Friday'],
  [6, 'Sat', 'Saturday'],
  [0, 'Sun', 'Sunday'],
] as const;

function TimesFields({ rule, set }: FieldsProps): ReactNode {
  const bound = boundTo(rule, set);
  const toggle = (day: number): void =>
    set({
      weekdays: rule.weekdays.includes(day)
        ? rule.weekdays.filter((each) => each !== day)
        : [...rule.weekdays, day].sort((a, b) => a - b),
    });
  return (
    <>
      <div className={styles.weekdays} role="group" aria-label="Days of the week; none means every day">
        {weekdays.map(([day, short, long]) => (
          <button
            key={day}
            type="button"
            className={styles.weekday}
            title={long}
            aria-pressed={rule.weekdays.includes(day)}
            onClick={() => toggle(day)}
          >
            {short}
          </button>
        ))}
        <span className={styles.weekdayNote}>{rule.weekdays.length === 0 && 'every day'}</span>
      </div>
      <div className={styles.fields}>
        <TextField label="Times" hint="Such as 09:00, 17:30" {...bound.text('times')} />
        <TextField label="Days of the month" hint="Such as 1, 15; empty for all" {...bound.text('days')} />
        <TextField label="Months" hint="Such as JAN, JUL; empty for all" {...bound.text('months')} />
      </div>
    </>
  );
}

const calendarFields = [
  ['second', 'Second'],
  ['minute', 'Minute'],
  ['hour', 'Hour'],
  ['dayOfMonth', 'Day of month'],
  ['month', 'Month'],
  ['dayOfWeek', 'Day of week'],
  ['year', 'Year'],
  ['comment', 'Comment'],
] as const;

function CalendarFields({ rule, set }: FieldsProps): ReactNode {
  return (
    <>
      <div className={styles.calendar}>
        {calendarFields.map(([name, label]) => (
          <TextField
            key={name}
            label={label}
            isMono={name !== 'comment'}
            value={rule.calendar[name]}
            onChange={(event) => set({ calendar: { ...rule.calendar, [name]: event.target.value } })}
          />
        ))}
      </div>
      <p className={styles.hint}>Numbers, lists 1,15, ranges 9-17, steps */15, * for all, names such as MON and JAN.</p>
    </>
  );
}
