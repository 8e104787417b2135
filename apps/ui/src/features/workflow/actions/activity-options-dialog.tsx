import type { ActivityOptions, PendingActivityInfo } from '@perdure/proto/json-types';
import { type ReactNode, useState } from 'react';
import { call } from '../../../api/client.ts';
import { ActionDialog } from '../../../components/dialog.tsx';
import { FieldRow, TextField } from '../../../components/field.tsx';
import { durationMs, formatDuration, parseDuration } from '../../../lib/time.ts';
import { identity, type Run } from '../api.ts';
import { useAction } from './use-action.ts';

interface EditedOption {
  readonly label: string;
  /** In the update mask. */
  readonly path: string;
  readonly read: (options: ActivityOptions) => string;
  /** The options with the text's value; undefined where it is no value. */
  readonly write: (text: string) => ActivityOptions | undefined;
  readonly hint?: string;
}

function durationText(duration: string | undefined): string {
  const ms = durationMs(duration);
  return ms === undefined || ms === 0 ? '' : formatDuration(ms).replaceAll(' ', '');
}

function duration(
  label: string,
  path: string,
  read: (options: ActivityOptions) => string | undefined,
  write: (value: string) => ActivityOptions,
): EditedOption {
  return {
    label,
    path,
    read: (options) => durationText(read(options)),
    write: (text) => {
      const value = text.trim() === '' ? '0s' : parseDuration(text);
      return value === undefined ? undefined : write(value);
    },
  };
}

const editedOptions: readonly EditedOption[] = [
  duration(
    'First wait',
    'retryPolicy.initialInterval',
    ({ retryPolicy }) => retryPolicy?.initialInterval,
    (initialInterval) => ({ retryPolicy: { initialInterval } }),
  ),
  {
    label: 'Each wait times',
    path: 'retryPolicy.backoffCoefficient',
    read: ({ retryPolicy }) => String(retryPolicy?.backoffCoefficient ?? 2),
    write: (text) => (Number(text) >= 1 ? { retryPolicy: { backoffCoefficient: Number(text) } } : undefined),
  },
  duration(
    'Longest wait',
    'retryPolicy.maximumInterval',
    ({ retryPolicy }) => retryPolicy?.maximumInterval,
    (maximumInterval) => ({ retryPolicy: { maximumInterval } }),
  ),
  {
    label: 'Attempts',
    path: 'retryPolicy.maximumAttempts',
    hint: '0 for no limit',
    read: ({ retryPolicy }) => String(retryPolicy?.maximumAttempts ?? 0),
    write: (text) => (/^\d+$/.test(text.trim()) ? { retryPolicy: { maximumAttempts: Number(text) } } : undefined),
  },
  duration(
    'Start to close',
    'startToCloseTimeout',
    (options) => options.startToCloseTimeout,
    (startToCloseTimeout) => ({ startToCloseTimeout }),
  ),
  duration(
    'Schedule to close',
    'scheduleToCloseTimeout',
    (options) => options.scheduleToCloseTimeout,
    (scheduleToCloseTimeout) => ({ scheduleToCloseTimeout }),
  ),
  duration(
    'Schedule to start',
    'scheduleToStartTimeout',
    (options) => options.scheduleToStartTimeout,
    (scheduleToStartTimeout) => ({ scheduleToStartTimeout }),
  ),
  duration(
    'Heartbeat',
    'heartbeatTimeout',
    (options) => options.heartbeatTimeout,
    (heartbeatTimeout) => ({ heartbeatTimeout }),
  ),
  {
    label: 'Task queue',
    path: 'taskQueue.name',
    read: ({ taskQueue }) => taskQueue?.name ?? '',
    write: (name) => (name.trim() === '' ? undefined : { taskQueue: { name: name.trim() } }),
  },
];

export interface ActivityOptionsDialogProps {
  readonly activity: PendingActivityInfo;
  readonly run: Run;
  readonly onClose: () => void;
}

/** Retry policy, timeouts and task queue of a pending activity; what is left as it is, is not sent. */
export function ActivityOptionsDialog({ activity, run, onClose }: ActivityOptionsDialogProps): ReactNode {
  const options = activity.activityOptions ?? {};
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  const act = useAction(run);
  const changed = editedOptions.filter(({ path, read }) => texts[path] !== undefined && texts[path] !== read(options));
  const isValid = changed.every(({ path, write }) => write(texts[path] ?? '') !== undefined);
  const save = (): Promise<void> =>
    act(`Options of ${activity.activityType?.name ?? 'the activity'} are changed`, () =>
      call('UpdateActivityOptions', {
        namespace: run.namespace,
        execution: { workflowId: run.workflowId, runId: run.runId },
        id: activity.activityId,
        identity,
        updateMask: changed.map(({ path }) => path).join(','),
        activityOptions: changed.reduce<ActivityOptions>(
          (all, { path, write }) => merge(all, write(texts[path] ?? '')),
          {},
        ),
      }),
    );
  return (
    <ActionDialog
      title={`Options of ${activity.activityType?.name ?? 'the activity'}`}
      description="They hold from the next attempt on, for this run alone."
      actionLabel="Change"
      isReady={changed.length > 0 && isValid}
      onAction={save}
      onClose={onClose}
      isWide
    >
      <FieldRow>
        {editedOptions.map(({ label, path, read, write, hint }) => {
          const text = texts[path] ?? read(options);
          const isWrong = texts[path] !== undefined && write(text) === undefined;
          return (
            <TextField
              key={path}
              label={label}
              value={text}
              hint={hint}
              error={isWrong && 'Such as 30s, 5m, 1h'}
              onChange={(event) => setTexts({ ...texts, [path]: event.target.value })}
            />
          );
        })}
      </FieldRow>
    </ActionDialog>
  );
}

function merge(all: ActivityOptions, one: ActivityOptions | undefined): ActivityOptions {
  return { ...all, ...one, ...(all.retryPolicy && { retryPolicy: { ...all.retryPolicy, ...one?.retryPolicy } }) };
}
