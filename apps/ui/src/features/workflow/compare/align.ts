import { readPayload } from '../../../lib/payload.ts';
import { failureLine, payloadsOf, rootCause } from '../../../lib/history/events.ts';
import type { EventGroup } from '../../../lib/history/groups.ts';

/** A step of one run beside the same step of the other; undefined where the other took none. */
export interface Pair {
  readonly left: EventGroup | undefined;
  readonly right: EventGroup | undefined;
  readonly difference: 'same' | 'outcome' | 'values' | 'added' | 'removed';
}

/** Steps beyond this many are compared place by place: the exact way costs the product of both lengths. */
const exactMax = 1500;

/** Lays two runs side by side: steps of the same kind and name face each other, in order (longest common subsequence). */
export function alignGroups(left: readonly EventGroup[], right: readonly EventGroup[]): readonly Pair[] {
  const [a, b] = [left.filter(isStep), right.filter(isStep)];
  if (a.length > exactMax || b.length > exactMax) {
    return Array.from({ length: Math.max(a.length, b.length) }, (_, index) => toPair(a[index], b[index]));
  }
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] = isSameStep(a[i], b[j])
        ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
        : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
    }
  }
  const pairs: Pair[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && isSameStep(a[i], b[j])) pairs.push(toPair(a[i++], b[j++]));
    else if (
      j >= b.length ||
      (i < a.length && (lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0))
    ) {
      pairs.push(toPair(a[i++], undefined));
    } else pairs.push(toPair(undefined, b[j++]));
  }
  return pairs;
}

function isStep({ kind }: EventGroup): boolean {
  return kind !== 'workflowTask';
}

function isSameStep(left: EventGroup | undefined, right: EventGroup | undefined): boolean {
  return left !== undefined && right !== undefined && left.kind === right.kind && left.name === right.name;
}

function toPair(left: EventGroup | undefined, right: EventGroup | undefined): Pair {
  return { left, right, difference: differenceOf(left, right) };
}

function differenceOf(left: EventGroup | undefined, right: EventGroup | undefined): Pair['difference'] {
  if (left === undefined) return 'added';
  if (right === undefined) return 'removed';
  if (!isSameStep(left, right) || left.state !== right.state) return 'outcome';
  return stepText(left) === stepText(right) ? 'same' : 'values';
}

/** What a step was given and gave, as text; nothing that differs between any two runs, such as times and ids. */
export function stepText(group: EventGroup): string {
  const values = group.events.flatMap((event) =>
    payloadsOf(event).map(([name, payloads]) => {
      const read = payloads.map((payload) => {
        const value = readPayload(payload);
        return value.kind === 'json'
          ? JSON.stringify(value.value, undefined, 2)
          : `${value.kind} ${payload.data ?? ''}`;
      });
      return `${name}: ${read.join('\n')}`;
    }),
  );
  const failure = group.failure && `failure: ${failureLine(rootCause(group.failure))}`;
  return [...values, failure].filter(Boolean).join('\n');
}
