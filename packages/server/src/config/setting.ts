import { defaultLimits, type RetryDefaults } from '@perdure/core';
import { parseAddressRules, type AddressRule } from '../callbacks/address-rules.ts';
import { parseGoBoolean, parseGoDuration } from './go-text.ts';

/** What a setting's value is. Durations are in milliseconds here, and text of Go or seconds where they are given. */
export type SettingKind = 'integer' | 'number' | 'boolean' | 'duration' | 'addresses' | 'names' | 'retry';

/** The values that a setting may have. */
export type SettingType = number | boolean | readonly AddressRule[] | readonly string[] | RetryDefaults;

/** A key of the dynamic configuration that something here reads. */
export interface Setting<Value extends SettingType = SettingType> {
  readonly kind: Value extends number ? 'integer' | 'number' | 'duration' : SettingKind;
  /** Unit included: milliseconds for durations, else as the description says. */
  readonly default: Value;
  /** What the value means; where it differs from Temporal's default, why. */
  readonly description: string;
  /** Whether the value may differ between namespaces, or task queues too. */
  readonly scope: 'global' | 'namespace' | 'task queue';
  /** What older versions of Temporal call it; a value under the newer name wins. */
  readonly formerly?: readonly string[];
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
    case 'names':
      return parseNames(value);
    case 'retry':
      return parseRetry(value);
  }
}

/** The fields in Temporal's spelling, whatever their case; of those that are not there, the defaults. */
const RETRY_FIELDS: ReadonlyMap<string, readonly [keyof RetryDefaults, SettingKind]> = new Map([
  ['initialintervalinseconds', ['initialIntervalMs', 'duration']],
  ['backoffcoefficient', ['backoffCoefficient', 'number']],
  ['maximumintervalcoefficient', ['maximumIntervalCoefficient', 'number']],
  ['maximumattempts', ['maximumAttempts', 'integer']],
]);

const NO_RETRY: SettingValue = {
  invalid:
    'a policy such as {"InitialIntervalInSeconds":1,"BackoffCoefficient":2,"MaximumIntervalCoefficient":100,"MaximumAttempts":0}',
};

/** Temporal: common/retrypolicy, DefaultRetrySettings. */
function parseRetry(value: unknown): SettingValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return NO_RETRY;
  const policy = { ...defaultLimits.activityRetry };
  for (const [name, given] of Object.entries(value) as [string, unknown][]) {
    const [field, kind] = RETRY_FIELDS.get(name.toLowerCase()) ?? [];
    if (field === undefined || kind === undefined) continue;
    const parsed = parseSettingValue(kind, given);
    if ('invalid' in parsed || typeof parsed.value !== 'number' || parsed.value < 0) return NO_RETRY;
    policy[field] = parsed.value;
  }
  return policy.backoffCoefficient < 1 ? NO_RETRY : { value: policy };
}

function parseNames(value: unknown): SettingValue {
  const isList = Array.isArray(value) && value.every((name) => typeof name === 'string');
  return isList ? { value: value as string[] } : { invalid: 'a list of names such as ["billing"]' };
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
