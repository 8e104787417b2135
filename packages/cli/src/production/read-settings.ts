import { readFileSync } from 'node:fs';
import { CommandError } from '../command-line/command.ts';
import { type FlagValue, parseFlagValue } from '../command-line/flag-value.ts';
import type { Flag } from '../command-line/flag.ts';
import {
  flagName,
  productionSettings,
  type ProductionSettings,
  type SettingPath,
  settingPaths,
  variableName,
} from './settings.ts';
import { readYaml, YamlError } from './yaml.ts';

/** What was typed: flags by name, and which of them were. */
export interface TypedFlags {
  readonly flags: Readonly<Record<string, FlagValue>>;
  readonly given: ReadonlySet<string>;
}

export interface SettingSources {
  /** `--config` or `PERDURE_CONFIG`. */
  readonly file: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly typed: TypedFlags;
}

/** Where a value comes from, for a person. */
export type Origin = 'default' | 'file' | 'variable' | 'flag';

export interface ReadSettings {
  readonly values: ProductionSettings;
  readonly origins: ReadonlyMap<SettingPath, Origin>;
  /** Variables with our prefix that stand for nothing. */
  readonly unknownVariables: readonly string[];
}

/** The variable that names the configuration file. */
export const CONFIG_VARIABLE = 'PERDURE_CONFIG';

/**
 * The settings in force: a flag wins over a variable, that over the file, that over the default. Throws a `CommandError`
 * that names everything that is wrong, each with its path and with what is allowed.
 */
export function readSettings({ file, environment, typed }: SettingSources): ReadSettings {
  const values = new Map<SettingPath, FlagValue>(settingPaths.map((path) => [path, defaultOf(path)]));
  const origins = new Map<SettingPath, Origin>(settingPaths.map((path) => [path, 'default']));
  const problems: string[] = [];
  const set = (path: SettingPath, value: FlagValue, origin: Origin): void => {
    values.set(path, value);
    origins.set(path, origin);
  };
  if (file !== undefined) {
    const content = readFile(file);
    const problem = (text: string): void => void problems.push(`${file}: ${text}`);
    takeFile(content, '', (path, value) => set(path, value, 'file'), problem);
  }
  takeVariables(environment, (path, value) => set(path, value, 'variable'), problems);
  for (const path of settingPaths) {
    const value = typed.flags[flagName(path)];
    if (typed.given.has(flagName(path)) && value !== undefined) set(path, value, 'flag');
  }
  if (problems.length > 0) throw new CommandError(`the configuration is wrong:\n  ${problems.join('\n  ')}`);
  const known = new Set([CONFIG_VARIABLE, ...settingPaths.map(variableName)]);
  return {
    values: Object.fromEntries(values) as unknown as ProductionSettings,
    origins,
    unknownVariables: Object.keys(environment).filter((name) => name.startsWith('PERDURE_') && !known.has(name)),
  };
}

function readFile(file: string): unknown {
  try {
    return readYaml(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof YamlError) throw new CommandError(`${file}: ${error.message}`, { cause: error });
    throw new CommandError(`cannot read the configuration file: ${(error as Error).message}`, { cause: error });
  }
}

type Take = (path: SettingPath, value: FlagValue) => void;

function takeFile(content: unknown, parent: string, take: Take, problem: (text: string) => void): void {
  // A section whose lines are all commented out sets nothing.
  if (content === null || content === undefined) return;
  if (typeof content !== 'object' || Array.isArray(content)) {
    problem(`${parent === '' ? 'the file' : parent} must be a map with ${allowedIn(parent)}`);
    return;
  }
  for (const [name, value] of Object.entries(content)) {
    const path = parent === '' ? name : `${parent}.${name}`;
    if (isSetting(path)) takeSetting(path, value, take, problem);
    else if (settingPaths.some((each) => each.startsWith(`${path}.`))) takeFile(value, path, take, problem);
    else problem(`${path} is unknown; allowed here: ${allowedIn(parent)}`);
  }
}

function takeSetting(path: SettingPath, value: unknown, take: Take, problem: (text: string) => void): void {
  if (value === null || value === undefined) return;
  const flag: Flag = productionSettings[path];
  if (flag.kind === 'list') {
    if (Array.isArray(value) && value.every(isScalar)) take(path, value.map(String));
    else problem(`${path} must be a list of texts`);
    return;
  }
  const parsed = isScalar(value) ? parseFlagValue(flag, String(value)) : { allowed: expectation(flag) };
  if ('allowed' in parsed) problem(`${path}: ${JSON.stringify(value)} is not allowed: ${parsed.allowed}`);
  else take(path, parsed.value);
}

function takeVariables(environment: SettingSources['environment'], take: Take, problems: string[]): void {
  for (const path of settingPaths) {
    const name = variableName(path);
    const text = environment[name];
    if (text === undefined || text === '') continue;
    const flag: Flag = productionSettings[path];
    if (flag.kind === 'list') {
      take(
        path,
        text
          .split(',')
          .map((item) => item.trim())
          .filter((item) => item !== ''),
      );
      continue;
    }
    const parsed = parseFlagValue(flag, text);
    if ('allowed' in parsed) problems.push(`${name}: ${JSON.stringify(text)} is not allowed: ${parsed.allowed}`);
    else take(path, parsed.value);
  }
}

function isSetting(path: string): path is SettingPath {
  return Object.hasOwn(productionSettings, path);
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

/** The keys of a section, in their order. */
function allowedIn(parent: string): string {
  const prefix = parent === '' ? '' : `${parent}.`;
  const below = settingPaths.filter((path) => path.startsWith(prefix));
  return [...new Set(below.map((path) => path.slice(prefix.length).split('.')[0]))].join(', ');
}

function expectation(flag: Flag): string {
  return flag.kind === 'string' ? 'must be a text' : `must be one value, not a list or a map`;
}

function defaultOf(path: SettingPath): FlagValue {
  const flag: Flag = productionSettings[path];
  return flag.kind === 'list' ? [] : flag.default;
}
