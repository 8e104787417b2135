import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { ScheduleOverlapPolicy, SchedulePatch, ScheduleSpec } from '@perdure/proto/json-types';
import { call } from '../../../api/client.ts';
import { ActionDialog } from '../../../components/dialog.tsx';
import { FieldRow, SelectField, TextField } from '../../../components/field.tsx';
import { toast } from '../../../components/toast.tsx';
import { usePreferences } from '../../../lib/preferences.ts';
import { formatTime, instantOfWallTime, wallTimeOf } from '../../../lib/time.ts';
import { counted } from '../../../lib/words.ts';
import { identity, patchSchedule, scheduleQuery } from '../api.ts';
import { overlapPolicies } from '../overlap.ts';
import { nextTimes } from '../spec/next-times.ts';

export interface ScheduleDialogProps {
  readonly namespace: string;
  readonly scheduleId: string;
  readonly onClose: () => void;
}

const startedAfterMs = 700;

/** Changes a schedule, says so, and reads it anew. Rejects with the refusal, which the caller shows. */
function usePatch(namespace: string, scheduleId: string) {
  const queryClient = useQueryClient();
  return async (done: string, patch: SchedulePatch): Promise<void> => {
    await patchSchedule(namespace, scheduleId, patch);
    toast(done);
    const { queryKey } = scheduleQuery(namespace, scheduleId);
    await queryClient.invalidateQueries({ queryKey });
    // What it starts has begun, and often ended, a moment later.
    setTimeout(() => void queryClient.invalidateQueries({ queryKey }), startedAfterMs);
  };
}

const asTheSchedule = [['SCHEDULE_OVERLAP_POLICY_UNSPECIFIED', 'As the schedule says'] as const, ...overlapPolicies];

export function TriggerDialog({ namespace, scheduleId, onClose }: ScheduleDialogProps): ReactNode {
  const [overlapPolicy, setOverlapPolicy] = useState<ScheduleOverlapPolicy>('SCHEDULE_OVERLAP_POLICY_UNSPECIFIED');
  const patch = usePatch(namespace, scheduleId);
  return (
    <ActionDialog
      title={`Trigger ${scheduleId}`}
      description="It starts its workflow now, beside its times. A paused schedule can be triggered too."
      actionLabel="Trigger"
      onClose={onClose}
      onAction={() => patch('The schedule is triggered', { triggerImmediately: { overlapPolicy } })}
    >
      <SelectField
        label="If the last run still goes on"
        options={asTheSchedule}
        value={overlapPolicy}
        onChange={(event) => setOverlapPolicy(event.target.value as ScheduleOverlapPolicy)}
      />
    </ActionDialog>
  );
}

export function PauseDialog({
  namespace,
  scheduleId,
  isPaused,
  onClose,
}: ScheduleDialogProps & { readonly isPaused: boolean }): ReactNode {
  const [note, setNote] = useState('');
  const patch = usePatch(namespace, scheduleId);
  const words = isPaused
    ? {
        title: 'Resume',
        does: 'It goes on from now. Times that passed meanwhile are not made up for.',
        done: 'goes on',
      }
    : { title: 'Pause', does: 'It starts nothing until it is resumed. What runs is left alone.', done: 'is paused' };
  return (
    <ActionDialog
      title={`${words.title} ${scheduleId}`}
      description={words.does}
      actionLabel={words.title}
      onClose={onClose}
      onAction={() => {
        const said = note.trim() || `${isPaused ? 'Resumed' : 'Paused'} in the Web UI`;
        return patch(`The schedule ${words.done}`, isPaused ? { unpause: said } : { pause: said });
      }}
    >
      <TextField
        label="Note"
        hint="Shown with the schedule, in place of the note it has"
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
    </ActionDialog>
  );
}

const countedMax = 1000;

/** Starts the runs of a time that has passed, as if the schedule had been there. */
export function BackfillDialog({
  namespace,
  scheduleId,
  spec,
  onClose,
}: ScheduleDialogProps & { readonly spec: ScheduleSpec }): ReactNode {
  const { timeZone } = usePreferences();
  const [openedAtMs] = useState(() => Date.now());
  const [from, setFrom] = useState(() => wallTimeOf(openedAtMs - 86_400_000, timeZone));
  const [to, setTo] = useState(() => wallTimeOf(openedAtMs, timeZone));
  const [overlapPolicy, setOverlapPolicy] = useState<ScheduleOverlapPolicy>('SCHEDULE_OVERLAP_POLICY_ALLOW_ALL');
  const patch = usePatch(namespace, scheduleId);
  const startTime = instantOfWallTime(from, timeZone);
  const endTime = instantOfWallTime(to, timeZone);
  const isRange = startTime !== undefined && endTime !== undefined && startTime < endTime;
  const zone = timeZone === 'local' ? 'your time zone' : timeZone;
  return (
    <ActionDialog
      title={`Backfill ${scheduleId}`}
      description="Starts what the schedule would have started in a time that has passed."
      actionLabel="Backfill"
      isReady={isRange}
      aside={isRange && <span role="status">{countWords(spec, startTime, endTime)}</span>}
      onClose={onClose}
      onAction={() => patch('The backfill is under way', { backfillRequest: [{ startTime, endTime, overlapPolicy }] })}
    >
      <FieldRow>
        <TextField
          label="From"
          hint={zone}
          type="datetime-local"
          step={1}
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
        <TextField
          label="To"
          hint={zone}
          error={!isRange && 'After the beginning'}
          type="datetime-local"
          step={1}
          value={to}
          onChange={(event) => setTo(event.target.value)}
        />
      </FieldRow>
      <SelectField
        label="If the run before still goes on"
        options={asTheSchedule}
        value={overlapPolicy}
        onChange={(event) => setOverlapPolicy(event.target.value as ScheduleOverlapPolicy)}
      />
    </ActionDialog>
  );
}

/** How many times the range has. The server counts the first instant in, too. */
function countWords(spec: ScheduleSpec, startTime: string, endTime: string): string {
  const next = nextTimes(spec, Date.parse(startTime) - 1, countedMax);
  if ('problem' in next) return '';
  const count = next.timesMs.filter((timeMs) => timeMs <= Date.parse(endTime)).length;
  if (count === countedMax) return `${countedMax} runs or more`;
  const [first] = next.timesMs;
  if (count === 0 || first === undefined) return 'No time of the schedule is within it';
  const at = formatTime(first, { timeZone: spec.timezoneName || 'UTC', clock: '24' });
  return `${counted(count, 'run')}, the first at ${at} ${spec.timezoneName || 'UTC'}`;
}

export function DeleteDialog({ namespace, scheduleId, onClose }: ScheduleDialogProps): ReactNode {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  return (
    <ActionDialog
      title={`Delete ${scheduleId}?`}
      description="The schedule is removed. The workflows that it started stay, and those that run go on."
      actionLabel="Delete"
      variant="danger"
      onClose={onClose}
      onAction={async () => {
        await call('DeleteSchedule', { namespace, scheduleId, identity });
        toast(`The schedule ${scheduleId} is deleted`);
        await queryClient.invalidateQueries({ queryKey: ['ListSchedules', namespace] });
        await navigate({ to: '/namespaces/$namespace/schedules', params: { namespace } });
        queryClient.removeQueries({ queryKey: scheduleQuery(namespace, scheduleId).queryKey });
      }}
    />
  );
}
