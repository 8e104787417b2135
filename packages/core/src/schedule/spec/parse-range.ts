import type { Range } from '@perdure/proto/types';

/** What one field of a calendar may hold. */
export interface FieldRules {
  readonly name: string;
  /** What an empty field means. */
  readonly byDefault: string;
  readonly min: number;
  readonly max: number;
  /** Names that stand for numbers from `min` on, by any beginning of `prefixMin` letters or more. */
  readonly words?: readonly string[];
  readonly prefixMin?: number;
  /** `*` is an empty list. */
  readonly starIsEmpty?: boolean;
  /** 7 is Sunday too, and is turned into 0. */
  readonly sevenIsZero?: boolean;
}

/** What a text does not mean; the message is Temporal's. */
export class SpecError extends Error {}

/**
 * The ranges of a field: values, `a-b`, `*`, each with `/step` or without, separated by commas. What is the default of
 * its message is left out. Temporal: worker/scheduler/calendar.go, makeRange.
 */
export function parseRanges(text: string | undefined, rules: FieldRules): Range[] {
  const trimmed = text?.trim() || rules.byDefault;
  if (trimmed === '*' && rules.starIsEmpty === true) return [];
  return trimmed.split(',').flatMap((part) => parsePart(part, rules));
}

function parsePart(text: string, rules: FieldRules): Range[] {
  const [range = '', stepText, ...more] = text.split('/');
  if (more.length > 0) throw new SpecError(`${rules.name} has too many slashes`);
  const step = stepText === undefined ? 1 : parseStep(stepText, rules);
  const { start, end } = parseBounds(range, rules, stepText !== undefined);
  return rules.sevenIsZero === true && end === 7 ? withSunday(start, step) : [shortened(start, end, step)];
}

function parseStep(text: string, { name }: FieldRules): number {
  if (text === '') throw new SpecError(`${name} missing step value`);
  const step = parseInteger(text);
  if (step === undefined) throw new SpecError(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  if (step < 1) throw new SpecError(`${name} has invalid Step`);
  return step;
}

function parseBounds(text: string, rules: FieldRules, hasStep: boolean): { start: number; end: number } {
  const { name, min, max } = rules;
  if (text === '*') return { start: min, end: max };
  if (!text.includes('-')) {
    const start = parseValue(text, rules, min);
    if (start === undefined) throw new SpecError(`${name} is not in range [${min}-${max}]`);
    return { start, end: hasStep ? max : start };
  }
  const [low = '', high = '', ...more] = text.split('-');
  if (more.length > 0) throw new SpecError(`${name} has too many dashes`);
  const start = parseValue(low, rules, min);
  if (start === undefined) throw new SpecError(`${name} Start is not in range [${min}-${max}]`);
  const end = parseValue(high, rules, start);
  if (end === undefined) throw new SpecError(`${name} End is before Start or not in range [${min}-${max}]`);
  return { start, end };
}

/** A range up to 7, in days from 0 to 6. */
function withSunday(start: number, step: number): Range[] {
  const reachesSeven = (7 - start) % step === 0 && (step > 1 || start > 1);
  if (!reachesSeven) return [shortened(start, 6, step)];
  return start === 7 ? [{ start: 0 }] : [{ start: 0 }, shortened(start, 6, step)];
}

function shortened(start: number, end: number, step: number): Range {
  return { start, end: start === end ? 0 : end, step: step === 1 ? 0 : step };
}

function parseValue(text: string, { words, prefixMin = 0, min, max }: FieldRules, atLeast: number): number | undefined {
  const lower = text.toLowerCase();
  const word = text.length < prefixMin ? -1 : (words ?? []).findIndex((name) => name.startsWith(lower));
  const value = word < 0 ? parseInteger(text) : min + word;
  return value === undefined || value < atLeast || value > max ? undefined : value;
}

function parseInteger(text: string): number | undefined {
  const value = /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
  return Number.isSafeInteger(value) ? value : undefined;
}
