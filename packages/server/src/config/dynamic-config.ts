import { defaultLimits, type Limits } from '@perdure/core';
import { ineffectiveKeys } from './ineffective-keys.ts';
import { limitSettings } from './limit-settings.ts';
import { serverSettings } from './server-settings.ts';
import { parseSettingValue, type Setting } from './setting.ts';

/** Every key that something reads. */
export const settings = { ...limitSettings, ...serverSettings };
export type SettingKey = keyof typeof settings;
export type ValueOf<Key extends SettingKey> = (typeof settings)[Key]['default'] extends boolean ? boolean : number;

/** Where a value holds. Temporal knows more constraints (task queue, shard); those are refused. */
export interface Constraints {
  readonly namespace?: string;
}

/** One value of a key, as given: JSON, durations as text or seconds. */
export interface ConfiguredValue {
  readonly value: unknown;
  readonly constraints?: Constraints;
}

export interface DynamicConfig {
  /** The value for the namespace, else for all, else the default. Durations are in milliseconds. */
  get<Key extends SettingKey>(key: Key, constraints?: Constraints): ValueOf<Key>;
  /** What core reads, frozen; always the same object for a namespace. */
  limits(namespace: string): Limits;
}

/** The configuration, and what a person should know about the keys that were given. */
export type DynamicConfigResult =
  | {
      readonly kind: 'config';
      readonly config: DynamicConfig;
      /** Keys that nothing knows: probably misspelt. */
      readonly warnings: readonly string[];
      /** Keys that are known and without effect, with the reason. */
      readonly notes: readonly string[];
    }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** Values by namespace; of all namespaces under ''. */
type Values = Map<string, number | boolean>;

/** Keys are found whatever their case. Temporal: common/dynamicconfig/key.go. */
const keysByLowerCase = new Map(Object.keys(settings).map((key) => [key.toLowerCase(), key as SettingKey]));
const reasonsByLowerCase = new Map(Object.entries(ineffectiveKeys).map(([key, reason]) => [key.toLowerCase(), reason]));

export function createDynamicConfig(given: Readonly<Record<string, readonly ConfiguredValue[]>>): DynamicConfigResult {
  const values = new Map<SettingKey, Values>();
  const problems: string[] = [];
  const warnings: string[] = [];
  const notes: string[] = [];
  for (const [name, list] of Object.entries(given)) {
    const key = keysByLowerCase.get(name.toLowerCase());
    const reason = reasonsByLowerCase.get(name.toLowerCase());
    if (key !== undefined) {
      const merged = values.get(key) ?? new Map<string, number | boolean>();
      values.set(key, merged);
      problems.push(...list.flatMap((item) => take(key, item, merged)));
    } else if (reason !== undefined) notes.push(`dynamic config key ${name} has no effect: ${reason}`);
    else warnings.push(`unknown dynamic config key ${name}`);
  }
  if (problems.length > 0) return { kind: 'invalid', problems };
  return { kind: 'config', config: configOf(values), warnings, notes };
}

/** The configuration that is all defaults. */
export const defaultDynamicConfig: DynamicConfig = configOf(new Map());

function take(key: SettingKey, { value, constraints }: ConfiguredValue, into: Values): string[] {
  const { kind, scope }: Setting = settings[key];
  const parsed = parseSettingValue(kind, value);
  if ('invalid' in parsed) return [`${key} must be ${parsed.invalid}, not ${JSON.stringify(value)}`];
  if (typeof parsed.value === 'number' && parsed.value < 0) return [`${key} must not be negative: ${String(value)}`];
  if (constraints?.namespace !== undefined && scope === 'global') {
    return [`${key} holds for the whole server, not for the namespace ${constraints.namespace} alone`];
  }
  into.set(constraints?.namespace ?? '', parsed.value);
  return [];
}

function configOf(values: ReadonlyMap<SettingKey, Values>): DynamicConfig {
  const lookUp = (key: SettingKey, namespace: string): number | boolean =>
    values.get(key)?.get(namespace) ?? values.get(key)?.get('') ?? settings[key].default;
  const limitsOf = (namespace: string): Limits => {
    const fields = Object.entries(limitSettings).map(([key, { field }]) => [
      field,
      lookUp(key as SettingKey, namespace),
    ]);
    return Object.freeze({ ...defaultLimits, ...(Object.fromEntries(fields) as Partial<Limits>) });
  };
  const named = new Set([...values.values()].flatMap((list) => [...list.keys()]));
  const limits = new Map([...named].map((namespace) => [namespace, limitsOf(namespace)]));
  const common = limits.get('') ?? limitsOf('');
  return {
    get: (key, constraints) => lookUp(key, constraints?.namespace ?? '') as ValueOf<typeof key>,
    limits: (namespace) => limits.get(namespace) ?? common,
  };
}
