/** A value within a list query. */
export function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** Whether it has an operator; words alone have none. */
export function isQueryText(text: string): boolean {
  return /[=<>]|\s(starts_with|between|in|is)\s/i.test(text);
}

/** The query that a reader means: words alone are the beginning of an attribute. */
export function wantedQuery(text: string, attribute: string): string {
  return text === '' || isQueryText(text) ? text : `${attribute} STARTS_WITH ${quoted(text)}`;
}
