import type {
  NewWorkflowExecutionInfo,
  Payloads,
  Schedule,
  ScheduleOverlapPolicy,
  ScheduleSpec,
} from '@perdure/proto/json-types';
import { jsonPayload, readPayload } from '../../../lib/payload.ts';
import {
  type AttributeTypes,
  attributesFromText,
  fieldsFromText,
  fieldsText,
  optionalDuration,
} from '../../../lib/payload-fields.ts';
import { instantMs, instantOfWallTime, wallTimeOf } from '../../../lib/time.ts';
import { durationText } from './duration-text.ts';
import { emptyRule, formSpec, type RuleForm, ruleOfCalendar, ruleOfInterval } from './rule-form.ts';

/** What the form holds: text as it is typed. */
export interface ScheduleForm {
  readonly scheduleId: string;
  readonly rules: readonly RuleForm[];
  readonly exclusions: readonly RuleForm[];
  /** A zone of the IANA database; empty for UTC. */
  readonly timeZone: string;
  readonly startTime: string;
  readonly endTime: string;
  readonly jitter: string;
  readonly workflowId: string;
  readonly type: string;
  readonly taskQueue: string;
  /** Undefined while the input is left as it is, because it is no JSON. */
  readonly args: readonly string[] | undefined;
  readonly executionTimeout: string;
  readonly runTimeout: string;
  readonly taskTimeout: string;
  readonly maximumAttempts: string;
  /** Undefined while they are left as they are, because one is no JSON. */
  readonly memo: string | undefined;
  readonly searchAttributes: string | undefined;
  readonly overlapPolicy: ScheduleOverlapPolicy;
  readonly catchupWindow: string;
  readonly pauseOnFailure: boolean;
  readonly isLimited: boolean;
  readonly remainingActions: string;
  readonly isPaused: boolean;
  readonly notes: string;
}

export const emptyForm: ScheduleForm = {
  scheduleId: '',
  rules: [emptyRule],
  exclusions: [],
  timeZone: '',
  startTime: '',
  endTime: '',
  jitter: '',
  workflowId: '',
  type: '',
  taskQueue: '',
  args: [''],
  executionTimeout: '',
  runTimeout: '',
  taskTimeout: '',
  maximumAttempts: '',
  memo: '',
  searchAttributes: '',
  overlapPolicy: 'SCHEDULE_OVERLAP_POLICY_SKIP',
  catchupWindow: '',
  pauseOnFailure: false,
  isLimited: false,
  remainingActions: '',
  isPaused: false,
  notes: '',
};

/** A schedule as the form shows it. */
export function formOf(scheduleId: string, { spec = {}, action, policies, state }: Schedule): ScheduleForm {
  const start = action?.startWorkflow ?? {};
  const zone = spec.timezoneName || 'UTC';
  const wall = (text: string | undefined): string => {
    const timeMs = instantMs(text);
    return timeMs === undefined ? '' : wallTimeOf(timeMs, zone);
  };
  return {
    scheduleId,
    rules: [...(spec.structuredCalendar ?? []).map(ruleOfCalendar), ...(spec.interval ?? []).map(ruleOfInterval)],
    exclusions: (spec.excludeStructuredCalendar ?? []).map(ruleOfCalendar),
    timeZone: spec.timezoneName ?? '',
    startTime: wall(spec.startTime),
    endTime: wall(spec.endTime),
    jitter: durationText(spec.jitter),
    workflowId: start.workflowId ?? '',
    type: start.workflowType?.name ?? '',
    taskQueue: start.taskQueue?.name ?? '',
    args: argsOf(start.input),
    executionTimeout: durationText(start.workflowExecutionTimeout),
    runTimeout: durationText(start.workflowRunTimeout),
    taskTimeout: durationText(start.workflowTaskTimeout),
    maximumAttempts: start.retryPolicy === undefined ? '' : String(start.retryPolicy.maximumAttempts ?? 0),
    memo: fieldsText(start.memo?.fields),
    searchAttributes: fieldsText(start.searchAttributes?.indexedFields),
    overlapPolicy: policies?.overlapPolicy ?? 'SCHEDULE_OVERLAP_POLICY_SKIP',
    catchupWindow: durationText(policies?.catchupWindow),
    pauseOnFailure: policies?.pauseOnFailure ?? false,
    isLimited: state?.limitedActions ?? false,
    remainingActions: state?.limitedActions ? (state.remainingActions ?? '0') : '',
    isPaused: state?.paused ?? false,
    notes: state?.notes ?? '',
  };
}

function argsOf(input: Payloads | undefined): readonly string[] | undefined {
  const read = (input?.payloads ?? []).map(readPayload);
  if (read.length === 0) return [''];
  if (read.some(({ kind }) => kind !== 'json' && kind !== 'null')) return undefined;
  return read.map((each) => JSON.stringify(each.kind === 'json' ? each.value : null, undefined, 2));
}

/**
 * The schedule of a filled form. What the form has no field for stays as it is in `base`, and so does an input that was not
 * touched, with all its metadata. Throws with what is wrong where a text is no value.
 */
export function scheduleOf(form: ScheduleForm, types: AttributeTypes, base: Schedule = {}): Schedule {
  return {
    spec: { ...formSpec(form.rules, form.exclusions), ...timesOf(form), timezoneData: base.spec?.timezoneData },
    action: { startWorkflow: actionOf(form, types, base.action?.startWorkflow ?? {}) },
    policies: {
      ...base.policies,
      overlapPolicy: form.overlapPolicy,
      catchupWindow: optionalDuration(form.catchupWindow),
      pauseOnFailure: form.pauseOnFailure,
    },
    state: {
      notes: form.notes.trim() || undefined,
      paused: form.isPaused,
      limitedActions: form.isLimited,
      remainingActions: form.isLimited ? form.remainingActions.trim() || '0' : undefined,
    },
  };
}

/** What holds for all rules of a spec. The first and the last instant are told in its zone. */
export function timesOf({ timeZone, startTime, endTime, jitter }: ScheduleForm): ScheduleSpec {
  const zone = timeZone.trim();
  return {
    startTime: optionalInstant(startTime, zone || 'UTC'),
    endTime: optionalInstant(endTime, zone || 'UTC'),
    jitter: optionalDuration(jitter),
    timezoneName: zone || undefined,
  };
}

function actionOf(form: ScheduleForm, types: AttributeTypes, base: NewWorkflowExecutionInfo): NewWorkflowExecutionInfo {
  const attempts = form.maximumAttempts.trim();
  const memo = fieldsText(base.memo?.fields);
  const searchAttributes = fieldsText(base.searchAttributes?.indexedFields);
  return {
    ...base,
    workflowId: form.workflowId.trim() || form.scheduleId.trim(),
    workflowType: { name: form.type.trim() },
    taskQueue: { name: form.taskQueue.trim() },
    input: inputOf(form.args, base.input),
    workflowExecutionTimeout: optionalDuration(form.executionTimeout),
    workflowRunTimeout: optionalDuration(form.runTimeout),
    workflowTaskTimeout: optionalDuration(form.taskTimeout),
    retryPolicy: attempts === '' ? undefined : { ...base.retryPolicy, maximumAttempts: Number(attempts) },
    memo: form.memo === memo ? base.memo : fieldsFromText(form.memo ?? ''),
    searchAttributes:
      form.searchAttributes === searchAttributes
        ? base.searchAttributes
        : attributesFromText(form.searchAttributes ?? '', types),
  };
}

function inputOf(args: readonly string[] | undefined, base: Payloads | undefined): Payloads | undefined {
  if (args === undefined || JSON.stringify(args) === JSON.stringify(argsOf(base))) return base;
  const texts = args.map((text) => text.trim()).filter((text) => text !== '');
  return texts.length === 0 ? undefined : { payloads: texts.map((text) => jsonPayload(JSON.parse(text))) };
}

function optionalInstant(text: string, timeZone: string): string | undefined {
  return text.trim() === '' ? undefined : instantOfWallTime(text, timeZone);
}
