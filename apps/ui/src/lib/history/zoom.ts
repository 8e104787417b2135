import type { Scale } from './scale.ts';

/** A part of a timeline. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Less than this is nothing to look at. */
const rangeMinMs = 2;

/** The instant that stands at a share of the axis, between two that are on it. */
export function timeAt({ at }: Pick<Scale, 'at'>, share: number, { fromMs, toMs }: TimeRange): number {
  let [low, high] = [fromMs, toMs];
  while (high - low > 0.5) {
    const middle = (low + high) / 2;
    if (at(middle) < share) low = middle;
    else high = middle;
  }
  return Math.round((low + high) / 2);
}

/** The range between two shares of the axis, whichever comes first; undefined where it is too short. */
export function rangeBetween(scale: Scale, shares: readonly [number, number], seen: TimeRange): TimeRange | undefined {
  const [fromMs = 0, toMs = 0] = shares
    .toSorted((left, right) => left - right)
    .map((share) => timeAt(scale, Math.min(1, Math.max(0, share)), seen));
  return toMs - fromMs < rangeMinMs ? undefined : { fromMs, toMs };
}

export interface Move {
  /** How wide it gets: 0.5 for twice as near. */
  readonly factor?: number;
  /** By which part of what is seen it moves on. */
  readonly shift?: number;
}

/** Another part of the whole; undefined for all of it. */
export function moved(
  whole: Scale,
  range: TimeRange | undefined,
  { factor = 1, shift = 0 }: Move,
): TimeRange | undefined {
  const all = { fromMs: whole.startMs, toMs: whole.endMs };
  const [from, to] = range === undefined ? [0, 1] : [whole.at(range.fromMs), whole.at(range.toMs)];
  const width = (to - from) * factor;
  if (width >= 1) return undefined;
  const middle = (from + to) / 2 + shift * (to - from);
  const start = Math.min(1 - width, Math.max(0, middle - width / 2));
  return rangeBetween(whole, [start, start + width], all) ?? range;
}

/** Whether something is within a range, which may end while that goes on. */
export function isWithin(startMs: number, endMs: number | undefined, { fromMs, toMs }: TimeRange): boolean {
  return startMs <= toMs && (endMs ?? Infinity) >= fromMs;
}
