import type { Schedule, ScheduleOverlapPolicy } from '@perdure/proto/json-types';
import {
  type CodeLanguage,
  type Connection,
  pythonProgram,
  pythonText,
  quote,
  shellCommand,
  shellWord,
  typescriptProgram,
} from '../../../lib/code-text.ts';
import { readPayload } from '../../../lib/payload.ts';
import { durationMs } from '../../../lib/time.ts';
import { durationText } from '../form/duration-text.ts';
import { cronOf } from '../spec/spec-words.ts';

export type SchedulePurpose = 'create' | 'trigger' | 'pause' | 'describe' | 'delete';

export const schedulePurposes: readonly (readonly [SchedulePurpose, string])[] = [
  ['create', 'Create one like this'],
  ['trigger', 'Trigger it'],
  ['pause', 'Pause it'],
  ['describe', 'Describe it'],
  ['delete', 'Delete it'],
];

export interface ScheduleCodeFacts extends Connection {
  readonly scheduleId: string;
  readonly schedule: Schedule;
}

/** A program, or a command, that does to a schedule what the page does. */
export function scheduleCode(language: CodeLanguage, purpose: SchedulePurpose, facts: ScheduleCodeFacts): string {
  switch (language) {
    case 'typescript':
      return typescriptProgram(facts, typescript(purpose, facts));
    case 'python':
      return python(purpose, facts);
    case 'cli':
      return shellCommand(facts, command(purpose, facts));
  }
}

/** What a client has to be told of a schedule to make one like it. */
function partsOf({ scheduleId, schedule }: ScheduleCodeFacts) {
  const { spec = {}, action, policies } = schedule;
  const start = action?.startWorkflow ?? {};
  return {
    crons: [...(spec.structuredCalendar ?? []).map(cronOf), ...(spec.cronString ?? [])],
    intervals: (spec.interval ?? []).map(({ interval }) => interval),
    zone: spec.timezoneName ?? '',
    overlap: policyName(policies?.overlapPolicy),
    workflowId: start.workflowId ?? scheduleId,
    type: start.workflowType?.name ?? '',
    taskQueue: start.taskQueue?.name ?? '',
    args: (start.input?.payloads ?? []).map((payload) => {
      const read = readPayload(payload);
      return read.kind === 'json' ? read.value : null;
    }),
  };
}

function policyName(policy: ScheduleOverlapPolicy | undefined): string {
  const name = (policy ?? '').replace('SCHEDULE_OVERLAP_POLICY_', '');
  return name === '' || name === 'UNSPECIFIED' ? 'SKIP' : name;
}

function typescript(purpose: SchedulePurpose, facts: ScheduleCodeFacts): readonly string[] {
  const handle = `const handle = client.schedule.getHandle(${quote(facts.scheduleId)});`;
  if (purpose !== 'create') return [handle, typescriptCall[purpose]];
  const { crons, intervals, zone, overlap, workflowId, type, taskQueue, args } = partsOf(facts);
  return [
    'await client.schedule.create({',
    `  scheduleId: ${quote(facts.scheduleId)},`,
    '  spec: {',
    ...(crons.length > 0 ? [`    cronExpressions: ${JSON.stringify(crons)},`] : []),
    ...(intervals.length > 0
      ? [`    intervals: [${intervals.map((every) => `{ every: ${durationMs(every) ?? 0} }`).join(', ')}],`]
      : []),
    ...(zone === '' ? [] : [`    timezone: ${quote(zone)},`]),
    '  },',
    '  action: {',
    "    type: 'startWorkflow',",
    `    workflowType: ${quote(type)},`,
    `    workflowId: ${quote(workflowId)},`,
    `    taskQueue: ${quote(taskQueue)},`,
    `    args: ${JSON.stringify(args)},`,
    '  },',
    `  policies: { overlap: ${quote(overlap)} },`,
    '});',
  ];
}

const typescriptCall = {
  trigger: 'await handle.trigger();',
  pause: "await handle.pause('reason');",
  describe: 'console.log(await handle.describe());',
  delete: 'await handle.delete();',
} as const;

function python(purpose: SchedulePurpose, facts: ScheduleCodeFacts): string {
  const handle = `handle = client.get_schedule_handle(${quote(facts.scheduleId)})`;
  if (purpose !== 'create') return pythonProgram(facts, [handle, pythonCall[purpose]]);
  const { crons, intervals, zone, overlap, workflowId, type, taskQueue, args } = partsOf(facts);
  const every = intervals.map(
    (interval) => `ScheduleIntervalSpec(every=timedelta(seconds=${(durationMs(interval) ?? 0) / 1000}))`,
  );
  const body = [
    'await client.create_schedule(',
    `    ${quote(facts.scheduleId)},`,
    '    Schedule(',
    '        action=ScheduleActionStartWorkflow(',
    `            ${quote(type)},`,
    `            args=${pythonText(args)},`,
    `            id=${quote(workflowId)},`,
    `            task_queue=${quote(taskQueue)},`,
    '        ),',
    '        spec=ScheduleSpec(',
    ...(crons.length > 0 ? [`            cron_expressions=${pythonText(crons)},`] : []),
    ...(every.length > 0 ? [`            intervals=[${every.join(', ')}],`] : []),
    ...(zone === '' ? [] : [`            time_zone_name=${quote(zone)},`]),
    '        ),',
    `        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.${overlap}),`,
    '    ),',
    ')',
  ];
  const names = [
    'Schedule',
    'ScheduleActionStartWorkflow',
    'ScheduleOverlapPolicy',
    'SchedulePolicy',
    'ScheduleSpec',
    ...(every.length > 0 ? ['ScheduleIntervalSpec'] : []),
  ];
  return pythonProgram(facts, body, names);
}

const pythonCall = {
  trigger: 'await handle.trigger()',
  pause: 'await handle.pause(note="reason")',
  describe: 'print(await handle.describe())',
  delete: 'await handle.delete()',
} as const;

function command(purpose: SchedulePurpose, facts: ScheduleCodeFacts): readonly string[] {
  const id = `--schedule-id ${shellWord(facts.scheduleId)}`;
  if (purpose === 'pause') return ['perdure schedule toggle', id, '--pause', "--reason 'reason'"];
  if (purpose !== 'create') return [`perdure schedule ${purpose}`, id];
  const { crons, intervals, zone, overlap, workflowId, type, taskQueue, args } = partsOf(facts);
  const policy = overlap.toLowerCase().replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return [
    'perdure schedule create',
    id,
    ...crons.map((cron) => `--cron ${shellWord(cron)}`),
    ...intervals.map((every) => `--interval ${durationText(every)}`),
    ...(zone === '' ? [] : [`--time-zone ${shellWord(zone)}`]),
    `--overlap-policy ${policy}`,
    `--workflow-id ${shellWord(workflowId)}`,
    `--type ${shellWord(type)}`,
    `--task-queue ${shellWord(taskQueue)}`,
    ...args.map((arg) => `--input ${shellWord(JSON.stringify(arg))}`),
  ];
}
