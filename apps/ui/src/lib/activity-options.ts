import type { ActivityOptions } from '@perdure/proto/json-types';
import { durationMs, formatDuration, parseDuration } from './time.ts';

export interface EditedOption {
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

/** What a reader may change of an activity. */
export const editedOptions: readonly EditedOption[] = [
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

/** What was typed, by the paths of an update mask. */
export type OptionTexts = Readonly<Record<string, string>>;

export interface OptionsChange {
  readonly updateMask: string;
  readonly activityOptions: ActivityOptions;
}

/** What the texts change of the options; undefined where they change nothing, or where one is no value. */
export function optionsChange(texts: OptionTexts, options: ActivityOptions): OptionsChange | undefined {
  const changed = editedOptions.filter(({ path, read }) => texts[path] !== undefined && texts[path] !== read(options));
  const written = changed.map(({ path, write }) => write(texts[path] ?? ''));
  if (changed.length === 0 || written.includes(undefined)) return undefined;
  return {
    updateMask: changed.map(({ path }) => path).join(','),
    activityOptions: written.reduce<ActivityOptions>(merge, {}),
  };
}

function merge(all: ActivityOptions, one: ActivityOptions | undefined): ActivityOptions {
  return { ...all, ...one, ...(all.retryPolicy && { retryPolicy: { ...all.retryPolicy, ...one?.retryPolicy } }) };
}
