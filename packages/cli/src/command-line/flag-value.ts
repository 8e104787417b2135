import { parseGoBoolean, parseGoDuration } from '@perdure/server/go-text';
import type { Flag } from './flag.ts';

export type FlagValue = string | boolean | number | readonly string[];

/** The value that a text stands for, or what would be allowed instead. */
export type ParsedValue = { readonly value: FlagValue } | { readonly allowed: string };

/** Of a list, the value that the text adds to it. */
export function parseFlagValue(flag: Flag, text: string): ParsedValue {
  switch (flag.kind) {
    case 'string':
    case 'list':
      return { value: text };
    case 'boolean': {
      const value = parseGoBoolean(text);
      return value === undefined ? { allowed: 'must be true or false' } : { value };
    }
    case 'integer': {
      const value = /^[+-]?\d+$/.test(text) ? Number(text) : NaN;
      if (value >= flag.min && value <= flag.max) return { value };
      return { allowed: `must be a whole number${boundsText(flag.min, flag.max)}` };
    }
    case 'duration': {
      const value = parseGoDuration(text);
      return value === undefined ? { allowed: 'must be a duration such as 10s, 1h30m or 7d' } : { value };
    }
    case 'choice':
      if ([...flag.choices, ...flag.hiddenChoices].includes(text)) return { value: text };
      return { allowed: `${text} is not one of required values of ${flag.choices.join(', ')}` };
  }
}

function boundsText(min: number, max: number): string {
  return max === Number.MAX_SAFE_INTEGER ? '' : ` from ${min} to ${max}`;
}
