import { parseDuration } from '../../../lib/time.ts';
import { jsonProblem } from '../../../lib/json-problem.ts';
import { structuredOf } from '../spec/next-times.ts';
import { formSpec, type RuleForm } from './rule-form.ts';
import type { ScheduleForm } from './schedule-form.ts';

export type FormProblems = Readonly<Partial<Record<keyof ScheduleForm, string>>>;

const durations = ['jitter', 'executionTimeout', 'runTimeout', 'taskTimeout', 'catchupWindow'] as const;
const objects = ['memo', 'searchAttributes'] as const;

/** What keeps the form from being sent, by field. */
export function problemsOf(form: ScheduleForm): FormProblems {
  const problems: Partial<Record<keyof ScheduleForm, string>> = {};
  for (const name of ['scheduleId', 'type', 'taskQueue'] as const)
    if (form[name].trim() === '') problems[name] = 'Needed';
  for (const name of durations) {
    if (form[name].trim() !== '' && parseDuration(form[name]) === undefined) problems[name] = 'Such as 30s, 5m, 1h';
  }
  for (const name of objects) {
    const problem = objectProblem(form[name]);
    if (problem !== undefined) problems[name] = problem;
  }
  if (!/^\d*$/.test(form.maximumAttempts.trim())) problems.maximumAttempts = 'A whole number';
  if (form.isLimited && !/^\d+$/.test(form.remainingActions.trim())) problems.remainingActions = 'A whole number';
  if (form.args?.some((text) => jsonProblem(text) !== undefined)) problems.args = 'An argument is no JSON yet';
  if (form.startTime !== '' && form.endTime !== '' && form.endTime <= form.startTime) {
    problems.endTime = 'After the beginning';
  }
  if (form.rules.some((rule) => ruleProblem(rule) !== undefined)) problems.rules = 'A rule cannot be read';
  if (form.exclusions.some((rule) => ruleProblem(rule) !== undefined))
    problems.exclusions = 'An exception cannot be read';
  if (!isZone(form.timeZone)) problems.timeZone = 'No such zone in the database of time zones';
  return problems;
}

/** What is wrong with one rule, in the server's words where it is the server's language. */
export function ruleProblem(rule: RuleForm): string | undefined {
  try {
    structuredOf(formSpec([rule], []));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isZone(name: string): boolean {
  if (name.trim() === '') return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name.trim() }).format(0);
    return true;
  } catch {
    return false;
  }
}

function objectProblem(text: string | undefined): string | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const problem = jsonProblem(text);
  if (problem !== undefined) return problem;
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : 'A JSON object is needed';
}
