import { parseAddressRules, type AddressRule } from '../callbacks/address-rules.ts';
import { parseGoBoolean, parseGoDuration } from './go-text.ts';

/** What a setting's value is. Durations are in milliseconds here, and text of Go or seconds where they are given. */
export type SettingKind = 'integer' | 'number' | 'boolean' | 'duration' | 'addresses';

/** The values that a setting may have. */
export type SettingType = number | boolean | readonly AddressRule[];

/** A key of the dynamic configuration that something here reads. */
export interface Setting<Value extends SettingType = SettingType> {
  readonly kind: Value extends boolean
    ? 'boolean'
    : Value extends number
      ? Exclude<SettingKind, 'boolean' | 'addresses'>
      : 'addresses';
  /** Unit included: milliseconds for durations, else as the description says. */
  readonly default: Value;
  /** What the value means; where it differs from Temporal's default, why. */
  readonly description: string;
  /** Whether the value may differ between namespaces, or task queues too. */
  readonly scope: 'global' | 'namespace' | 'task queue';
}

/** The value in our units, or why it is none. */
export type SettingValue = { readonly value: SettingType } | { readonly invalid: string };

/** Takes the values that Temporal takes. Temporal: common/dynamicconfig/collection.go, the convert functions. */
export function parseSettingValue(kind: SettingKind, value: unknown): SettingValue {
  switch (kind) {
    case 'integer':
      return Number.isSafeInteger(value) ? { value: value as number } : { invalid: 'a whole number' };
    case 'number':
      return Number.isFinite(value) ? { value: value as number } : { invalid: 'a number' };
    case 'boolean':
      return parseBoolean(value);
    case 'duration':
      return parseDuration(value);
    case 'addresses':
      return parseAddresses(value);
  }
}

function parseAddresses(value: unknown): SettingValue {
  const rules = parseAddressRules(value);
  return rules === undefined
    ? { invalid: 'a list such as [{"Pattern":"*:8080","AllowInsecure":true}]' }
    : { value: rules };
}

function parseBoolean(value: unknown): SettingValue {
  const boolean = typeof value === 'string' ? parseGoBoolean(value) : value;
  return typeof boolean === 'boolean' ? { value: boolean } : { invalid: 'true or false' };
}

function parseDuration(value: unknown): SettingValue {
  const ms = typeof value === 'string' ? parseGoDuration(value, 's') : Number(value) * 1_000;
  const valid = (typeof value === 'string' || typeof value === 'number') && Number.isFinite(ms);
  return valid && ms !== undefined ? { value: ms } : { invalid: 'a duration such as "10s" or "1h30m", or seconds' };
}
