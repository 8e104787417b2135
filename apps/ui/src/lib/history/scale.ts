/**
 * Where an instant stands on the timeline, from 0 to 1. `linear` is true to time. `even` gives each gap between events a
 * width that grows with its logarithm, so that a second of work beside a month of waiting is still seen.
 */
export interface Scale {
  readonly startMs: number;
  readonly endMs: number;
  readonly at: (timeMs: number) => number;
  /** Instants worth a mark, with where they stand. */
  readonly ticks: readonly { readonly timeMs: number; readonly at: number }[];
}

export function linearScale(startMs: number, endMs: number): Scale {
  const spanMs = Math.max(1, endMs - startMs);
  const at = (timeMs: number): number => clamp((timeMs - startMs) / spanMs);
  const stepMs = niceStepMs(spanMs / 6);
  const ticks: { timeMs: number; at: number }[] = [];
  for (let offsetMs = 0; offsetMs <= spanMs * 0.96; offsetMs += stepMs) {
    ticks.push({ timeMs: startMs + offsetMs, at: at(startMs + offsetMs) });
  }
  return { startMs, endMs, at, ticks };
}

export function evenScale(instantsMs: readonly number[], startMs: number, endMs: number): Scale {
  const inside = instantsMs.filter((timeMs) => timeMs > startMs && timeMs < endMs);
  const knots = [...new Set([startMs, ...inside, endMs])].sort((left, right) => left - right);
  const offsets = [0];
  for (let index = 1; index < knots.length; index += 1) {
    const gapMs = (knots[index] ?? 0) - (knots[index - 1] ?? 0);
    offsets.push((offsets.at(-1) ?? 0) + Math.log1p(gapMs / 5));
  }
  const total = offsets.at(-1) || 1;
  const at = (timeMs: number): number => {
    const next = upperBound(knots, timeMs);
    if (next <= 0) return 0;
    if (next >= knots.length) return 1;
    const [fromMs, toMs] = [knots[next - 1] ?? 0, knots[next] ?? 0];
    const [from, to] = [offsets[next - 1] ?? 0, offsets[next] ?? 0];
    return clamp((from + ((to - from) * (timeMs - fromMs)) / Math.max(1, toMs - fromMs)) / total);
  };
  return { startMs, endMs, at, ticks: spread(knots, at) };
}

/** Whether one gap takes so much of the time that the rest would be a sliver. */
export function isLopsided(instantsMs: readonly number[], startMs: number, endMs: number): boolean {
  const knots = [startMs, ...instantsMs.toSorted((left, right) => left - right), endMs];
  const gaps = knots.slice(1).map((timeMs, index) => timeMs - (knots[index] ?? 0));
  return gaps.length > 1 && gaps.reduce((most, gap) => Math.max(most, gap), 0) > 0.5 * (endMs - startMs);
}

/** Those knots that stand far enough from each other to be labelled. */
function spread(knots: readonly number[], at: (timeMs: number) => number): { timeMs: number; at: number }[] {
  const ticks: { timeMs: number; at: number }[] = [];
  for (const timeMs of knots) {
    const place = at(timeMs);
    if (place > 0.94) break;
    if (ticks.length === 0 || place - (ticks.at(-1)?.at ?? 0) >= 0.14) ticks.push({ timeMs, at: place });
  }
  return ticks;
}

function upperBound(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

const stepsMs = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000,
  900_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 43_200_000, 86_400_000, 172_800_000, 604_800_000, 2_592_000_000,
];

function niceStepMs(leastMs: number): number {
  return stepsMs.find((stepMs) => stepMs >= leastMs) ?? Math.ceil(leastMs / 2_592_000_000) * 2_592_000_000;
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
