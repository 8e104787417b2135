import { durationMs } from '../../../lib/time.ts';

/** `90s` as people write it: `1m30s`. Exact, unlike what is only shown. */
export function durationText(duration: string | undefined): string {
  const ms = durationMs(duration) ?? 0;
  if (ms === 0) return '';
  const units = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'm'],
    [1000, 's'],
    [1, 'ms'],
  ] as const;
  let left = Math.round(ms);
  let text = '';
  for (const [size, unit] of units) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text;
}
