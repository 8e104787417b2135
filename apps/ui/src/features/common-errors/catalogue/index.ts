import { activities } from './activities.ts';
import type { CommonError, Topic } from './entry.ts';
import { identity } from './identity.ts';
import { limits } from './limits.ts';
import { messages } from './messages.ts';
import { schedules } from './schedules.ts';
import { timeouts } from './timeouts.ts';
import { workers } from './workers.ts';
import { workflowCode } from './workflow-code.ts';

export const topics: readonly Topic[] = [
  workflowCode,
  timeouts,
  activities,
  workers,
  limits,
  messages,
  identity,
  schedules,
];

/** The topics with the errors that have every word of `find`; all of them for none. */
export function findErrors(find: string): readonly Topic[] {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (error: CommonError): boolean => {
    const text = textOf(error);
    return words.every((word) => text.includes(word));
  };
  return topics
    .map((topic) => ({ ...topic, errors: topic.errors.filter(has) }))
    .filter(({ errors }) => errors.length > 0);
}

function textOf({ id, title, seen, why, advice }: CommonError): string {
  return [id, title, ...seen, why, ...advice].join('\n').replaceAll('`', '').toLowerCase();
}
