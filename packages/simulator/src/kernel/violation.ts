import { INVARIANTS, type InvariantNumber } from '../checkers/invariants.ts';

/** An invariant does not hold: the run of the simulator ends here. */
export class Violation extends Error {
  override readonly name = 'Violation';
  readonly invariant: InvariantNumber;

  constructor(invariant: InvariantNumber, detail: string) {
    super(`[${invariant}] ${INVARIANTS[invariant]}: ${detail}`);
    this.invariant = invariant;
  }
}

/** Throws a violation unless the condition holds. `detail` is made only then. */
export function hold(condition: boolean, invariant: InvariantNumber, detail: () => string): asserts condition {
  if (!condition) throw new Violation(invariant, detail());
}
