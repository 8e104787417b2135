import type { Subject } from './subject.ts';

/** One number of the table. */
export interface Figure {
  readonly what: string;
  readonly unit: 'ms' | 'MB' | 'KB' | 'per s' | 'times' | 'count';
  /** Undefined where it could not be measured. */
  readonly value: number | undefined;
  /** What Perdure wants to reach on two cores; undefined where there is no such number. */
  readonly target?: number;
}

/** Figures that are taken together. */
export interface Measurement {
  /** What `--only` calls it. */
  readonly name: string;
  measure(subject: Subject): Promise<Figure[]>;
}

/** How many times better one value is than another: of what is better when there is more of it, or less. */
export function timesBetter({ unit }: Figure, value: number, than: number): number | undefined {
  switch (unit) {
    case 'per s':
      return value / than;
    case 'ms':
    case 'MB':
    case 'KB':
    case 'times':
      return than / value;
    case 'count':
      return undefined;
  }
}
