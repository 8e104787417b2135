/** Stops the transition when an invariant does not hold: a bug, never a caller's mistake. */
export function assert(condition: boolean, invariant: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${invariant}`);
}

/** The value, which by an invariant is there. */
export function present<T>(value: T | undefined, invariant: string): T {
  if (value === undefined) throw new Error(`invariant broken: ${invariant}`);
  return value;
}

/** Closes an exhaustive switch. */
export function unreachable(value: never): never {
  throw new Error(`invariant broken: unreachable case ${JSON.stringify(value)}`);
}
