/** A way to answer a workflow that waits. */
export interface Answer {
  readonly kind: 'signal' | 'update';
  readonly name: string;
  readonly meaning: 'yes' | 'no' | 'other';
}

const yes = /^(approve|accept|confirm|allow|grant|yes|ok)/i;
const no = /^(reject|deny|decline|refuse|disapprove|forbid|no$)/i;

export interface Handlers {
  readonly signals: readonly string[];
  readonly updates: readonly string[];
}

/** The answers that a workflow takes, of those that are wanted: yes first, then no, then the others. */
export function answersOf({ signals, updates }: Handlers, wanted: string): readonly Answer[] {
  const names = new Set(wanted.split(/[\s,]+/).filter((name) => name !== ''));
  const answers = [
    ...signals.map((name): Answer => ({ kind: 'signal', name, meaning: meaningOf(name) })),
    ...updates.map((name): Answer => ({ kind: 'update', name, meaning: meaningOf(name) })),
  ];
  const order = ['yes', 'no', 'other'];
  return answers
    .filter(({ name }) => names.size === 0 || names.has(name))
    .toSorted((a, b) => order.indexOf(a.meaning) - order.indexOf(b.meaning));
}

function meaningOf(name: string): Answer['meaning'] {
  if (yes.test(name)) return 'yes';
  return no.test(name) ? 'no' : 'other';
}

/** `setLimit` and `set_limit` as people read them: `Set limit`. */
export function answerWords(name: string): string {
  const words = name
    .replaceAll(/[_-]+/g, ' ')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
