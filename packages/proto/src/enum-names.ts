/** `ScheduleOverlapPolicy` as its values begin: `SCHEDULE_OVERLAP_POLICY_`. */
function valuePrefix(enumName: string): string {
  const simpleName = enumName.slice(enumName.lastIndexOf('.') + 1);
  return `${simpleName.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()}_`;
}

function pascal(name: string): string {
  return name.replaceAll(
    /(?:^|_)([A-Z0-9])([A-Z0-9]*)/g,
    (_, first: string, rest: string) => first + rest.toLowerCase(),
  );
}

/**
 * The short names of an enum's values, by the protocol's own: the enum's name stripped where all bear it, PascalCase.
 * `EVENT_TYPE_ACTIVITY_TASK_SCHEDULED` is `ActivityTaskScheduled`. Source: api-go prints and reads them so, and histories
 * exported by old versions of Temporal's tools hold them.
 */
export function shortEnumNames(enumName: string, valueNames: readonly string[]): ReadonlyMap<string, string> {
  const prefix = valuePrefix(enumName);
  const isStripped = valueNames.every((name) => name.startsWith(prefix));
  return new Map(valueNames.map((name) => [name, pascal(isStripped ? name.slice(prefix.length) : name)]));
}
