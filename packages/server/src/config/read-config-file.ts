import type { ConfiguredValue, Constraints, TaskType } from './dynamic-config.ts';

/** What a file of dynamic configuration holds, or all that is wrong with it. */
export type ConfigFile =
  | { readonly kind: 'values'; readonly values: Readonly<Record<string, readonly ConfiguredValue[]>> }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

const TASK_TYPES: readonly TaskType[] = ['Workflow', 'Activity', 'Nexus'];

/**
 * Reads the content of a file in Temporal's own form: for each key a list of values, each with the constraints under which
 * it holds. `content` is what its YAML came to. Temporal: common/dynamicconfig/yaml_loader.go.
 */
export function readConfigFile(content: unknown): ConfigFile {
  // An empty file sets nothing.
  if (content === null || content === undefined) return { kind: 'values', values: {} };
  if (!isMap(content)) return { kind: 'invalid', problems: ['the file must be a map of keys'] };
  const problems: string[] = [];
  const values = Object.entries(content).map(([key, list]) => [key, readValues(key, list, problems)] as const);
  return problems.length > 0 ? { kind: 'invalid', problems } : { kind: 'values', values: Object.fromEntries(values) };
}

function readValues(key: string, list: unknown, problems: string[]): ConfiguredValue[] {
  if (!Array.isArray(list)) {
    problems.push(`${key} must be a list of values, each with its constraints`);
    return [];
  }
  return list.map((item: unknown, index) => {
    const at = `${key}[${index}]`;
    if (!isMap(item) || !('value' in item)) {
      problems.push(`${at} must have a value`);
      return { value: undefined };
    }
    for (const name of Object.keys(item)) {
      if (name !== 'value' && name !== 'constraints') problems.push(`${at}.${name} is unknown: value, constraints`);
    }
    return { value: item['value'], constraints: readConstraints(at, item['constraints'], problems) };
  });
}

function readConstraints(at: string, given: unknown, problems: string[]): Constraints {
  if (given === null || given === undefined) return {};
  if (!isMap(given)) {
    problems.push(`${at}.constraints must be a map`);
    return {};
  }
  let constraints: Constraints = {};
  for (const [name, value] of Object.entries(given)) {
    const read = readConstraint(name, value);
    if ('invalid' in read) problems.push(`${at}.constraints.${name} ${read.invalid}`);
    else constraints = { ...constraints, ...read };
  }
  return constraints;
}

function readConstraint(name: string, value: unknown): Constraints | { readonly invalid: string } {
  const text = typeof value === 'string' && value !== '' ? value : undefined;
  switch (name.toLowerCase()) {
    case 'namespace':
      return text === undefined ? { invalid: 'must be the name of a namespace' } : { namespace: text };
    case 'taskqueuename':
      return text === undefined ? { invalid: 'must be the name of a task queue' } : { taskQueue: text };
    case 'tasktype': {
      const taskType = TASK_TYPES.find((type, index) => isTaskType(value, type, index));
      return taskType === undefined ? { invalid: `must be one of ${TASK_TYPES.join(', ')}` } : { taskType };
    }
    default:
      return { invalid: 'is unknown: namespace, taskQueueName, taskType' };
  }
}

/** By name, short or in full, or by number. */
function isTaskType(value: unknown, type: TaskType, index: number): boolean {
  if (typeof value !== 'string') return value === index + 1;
  return [type, `TASK_QUEUE_TYPE_${type}`].some((name) => name.toLowerCase() === value.toLowerCase());
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
