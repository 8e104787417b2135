import type { Filter } from './filters.ts';
import { readRelativeTime } from './times.ts';

/** What a condition asks of its attribute, in words: `is` and `Running`, `in the last` and `1h`. */
export function filterWords({ operator, values }: Filter): readonly [verb: string, value: string] {
  return timeWords(operator, values[0] ?? '') ?? [operator === '=' ? 'is' : operator.toLowerCase(), values.join(', ')];
}

function timeWords(operator: string, value: string): readonly [string, string] | undefined {
  const time = readRelativeTime(value);
  if (time === undefined || !/^[<>]=?$/.test(operator)) return undefined;
  const { base, offset, distance } = time;
  const isFrom = operator.startsWith('>');
  if (base === 'now' && offset < 0) return [isFrom ? 'in the last' : 'before the last', distance];
  if (base === 'now' && offset > 0) return [isFrom ? 'later than in' : 'until in', distance];
  return base === 'today' && offset === 0 ? [isFrom ? 'since' : 'until', 'midnight'] : undefined;
}
