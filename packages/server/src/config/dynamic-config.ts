import { defaultLimits, type Limits } from '@perdure/core';
import { ineffectiveKeys } from './ineffective-keys.ts';
import { limitSettings } from './limit-settings.ts';
import { listenerSettings } from './listener-settings.ts';
import { serverSettings } from './server-settings.ts';
import { temporalKeys } from './temporal-keys.ts';
import { parseSettingValue, type Setting, type SettingType } from './setting.ts';

/** Every key that something reads. */
export const settings = { ...limitSettings, ...serverSettings, ...listenerSettings };
export type SettingKey = keyof typeof settings;
export type ValueOf<Key extends SettingKey> = Widened<(typeof settings)[Key]['default']>;
type Widened<Value> = Value extends boolean ? boolean : Value extends number ? number : Value;

/** Where a value holds. Temporal knows more constraints (shard, kind of an internal task); those are refused. */
export interface Constraints {
  readonly namespace?: string;
  readonly taskQueue?: string;
  readonly taskType?: TaskType;
}

/** Which of the task queues of a name. */
export type TaskType = 'Workflow' | 'Activity' | 'Nexus';

/** One value of a key, as given: JSON, durations as text or seconds. */
export interface ConfiguredValue {
  readonly value: unknown;
  readonly constraints?: Constraints;
}

export interface DynamicConfig {
  /**
   * The value for the task queue, else for its name in any namespace, else for the namespace, else for all, else the
   * default. Durations are in milliseconds.
   */
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

/** Values by where they hold: see `placeOf`. */
type Values = Map<string, SettingType>;

/** What holds where nothing is set. Asked for several times in each call: a map finds it fastest. */
const defaults = new Map<SettingKey, SettingType>(
  (Object.entries(settings) as [SettingKey, Setting][]).map(([key, setting]) => [key, setting.default]),
);

/** Keys are found whatever their case. Temporal: common/dynamicconfig/key.go. */
const keysByLowerCase = new Map(Object.keys(settings).map((key) => [key.toLowerCase(), key as SettingKey]));
const reasonsByLowerCase = new Map(Object.entries(ineffectiveKeys).map(([key, reason]) => [key.toLowerCase(), reason]));
const temporalKeysByLowerCase = new Set(temporalKeys.map((key) => key.toLowerCase()));

/** Older names, with how old they are: the last one of a key is the oldest. */
const olderNames = new Map(
  (Object.entries(settings) as [SettingKey, Setting][]).flatMap(([key, { formerly = [] }]) =>
    formerly.map((name, index) => [name.toLowerCase(), { key, age: index + 1 }] as const),
  ),
);

/** The older a name, the earlier: what stands under a newer one is taken last, and wins. */
function byAge(one: string, other: string): number {
  const ageOf = (name: string) => olderNames.get(name.toLowerCase())?.age ?? 0;
  return ageOf(other) - ageOf(one);
}

export function createDynamicConfig(given: Readonly<Record<string, readonly ConfiguredValue[]>>): DynamicConfigResult {
  const values = new Map<SettingKey, Values>();
  const problems: string[] = [];
  const warnings: string[] = [];
  const notes: string[] = [];
  for (const name of Object.keys(given).toSorted(byAge)) {
    const list = given[name] ?? [];
    const key = keysByLowerCase.get(name.toLowerCase()) ?? olderNames.get(name.toLowerCase())?.key;
    const reason = reasonsByLowerCase.get(name.toLowerCase());
    if (key !== undefined) {
      const named = new Map<string, SettingType>();
      problems.push(...list.flatMap((item) => take(key, item, named)));
      values.set(key, new Map([...(values.get(key) ?? []), ...named]));
    } else if (reason !== undefined) notes.push(`dynamic config key ${name} has no effect: ${reason}`);
    else if (temporalKeysByLowerCase.has(name.toLowerCase()))
      notes.push(`dynamic config key ${name} has no effect here`);
    else warnings.push(`unknown dynamic config key ${name}`);
  }
  if (problems.length > 0) return { kind: 'invalid', problems };
  return { kind: 'config', config: configOf(values), warnings, notes };
}

/** The configuration that is all defaults. */
export const defaultDynamicConfig: DynamicConfig = configOf(new Map());

/** Of two values for the same place the first one holds. Temporal: common/dynamicconfig/collection.go, findMatch. */
function take(key: SettingKey, { value, constraints }: ConfiguredValue, into: Values): string[] {
  const { kind, scope }: Setting = settings[key];
  const parsed = parseSettingValue(kind, value);
  if ('invalid' in parsed) return [`${key} must be ${parsed.invalid}, not ${JSON.stringify(value)}`];
  if (typeof parsed.value === 'number' && parsed.value < 0) return [`${key} must not be negative: ${String(value)}`];
  const { namespace, taskQueue, taskType } = constraints ?? {};
  if (namespace !== undefined && scope === 'global') {
    return [`${key} holds for the whole server, not for the namespace ${namespace} alone`];
  }
  if ((taskQueue ?? taskType) !== undefined && scope !== 'task queue') {
    return [`${key} cannot be constrained to a task queue`];
  }
  if (taskType !== undefined && (namespace === undefined || taskQueue === undefined)) {
    return [`${key} is constrained to a task type without a namespace and a task queue: it would never hold`];
  }
  const place = placeOf(constraints);
  if (!into.has(place)) into.set(place, parsed.value);
  return [];
}

/** The name of a place; the namespace alone for what holds in all of it, and '' for everywhere. */
function placeOf({ namespace = '', taskQueue, taskType }: Constraints = {}): string {
  return taskQueue === undefined ? namespace : `${namespace}\0${taskQueue}\0${taskType ?? ''}`;
}

/** Where a value may stand, the narrowest place first. Temporal: common/dynamicconfig/client.go, Constraints. */
function* placesOf(constraints: Constraints): Generator<string> {
  const { namespace = '', taskQueue, taskType } = constraints;
  if (taskQueue !== undefined) {
    if (taskType !== undefined) yield placeOf(constraints);
    yield placeOf({ namespace, taskQueue });
    yield placeOf({ taskQueue });
  }
  yield namespace;
  if (namespace !== '') yield '';
}

function configOf(values: ReadonlyMap<SettingKey, Values>): DynamicConfig {
  const lookUp = (key: SettingKey, constraints: Constraints): SettingType => {
    const set = values.get(key);
    if (set === undefined) return defaults.get(key) ?? settings[key].default;
    for (const place of placesOf(constraints)) {
      const value = set.get(place);
      if (value !== undefined) return value;
    }
    return settings[key].default;
  };
  const limitsOf = (namespace: string): Limits => {
    const fields = Object.entries(limitSettings).map(([key, { field }]) => [
      field,
      lookUp(key as SettingKey, { namespace }),
    ]);
    return Object.freeze({ ...defaultLimits, ...(Object.fromEntries(fields) as Partial<Limits>) });
  };
  const named = new Set(
    [...values.values()].flatMap((list) => [...list.keys()]).filter((place) => !place.includes('\0')),
  );
  const limits = new Map([...named].map((namespace) => [namespace, limitsOf(namespace)]));
  const common = limits.get('') ?? limitsOf('');
  return {
    get: (key, constraints) => lookUp(key, constraints ?? {}) as ValueOf<typeof key>,
    limits: (namespace) => limits.get(namespace) ?? common,
  };
}
