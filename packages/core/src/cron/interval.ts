/** Ticks at equal distances: at `phaseMs` since the epoch and every `everyMs` before and after. */
export interface Interval {
  readonly everyMs: number;
  readonly phaseMs: number;
}

/** The first tick at or after an instant. */
export function intervalTick({ everyMs, phaseMs }: Interval, fromMs: number): number {
  return phaseMs + Math.ceil((fromMs - phaseMs) / everyMs) * everyMs;
}
