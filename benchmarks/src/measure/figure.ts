import type { Subject } from './subject.ts';

/** One number of the table. */
export interface Figure {
  readonly what: string;
  readonly unit: 'ms' | 'MB' | 'KB' | 'per s' | 'times';
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

/** Whether more of it is better; less is, of all else. */
export function isMoreBetter({ unit }: Figure): boolean {
  return unit === 'per s';
}
