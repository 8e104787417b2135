/** Runs what it is given, but not more often than `count` times within a second of the clock. */
export function atMostPerSecond(count: number, now: () => number): (run: () => void) => void {
  let second = -1;
  let left = 0;
  return (run) => {
    const current = Math.floor(now() / 1_000);
    if (current !== second) {
      second = current;
      left = count;
    }
    if (left === 0) return;
    left -= 1;
    run();
  };
}
