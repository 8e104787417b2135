import type { Entry, Json } from './transcript.ts';

/** A difference from the server that was recorded that is meant, and why. */
export type Deviation = {
  readonly reason: string;
  /** The one program that it concerns; every program without it. */
  readonly program?: string;
  /** What this server answers instead of what was recorded. */
  readonly expected: (recorded: readonly Entry[]) => readonly Entry[];
};

/** Fields that the server that was recorded does not have yet: not compared. */
export const NEWER_FIELDS: ReadonlyMap<string, string> = new Map([
  ['StartWorkflowExecutionResponse.firstExecutionRunId', 'since Temporal 1.32'],
  ['SignalWithStartWorkflowExecutionResponse.firstExecutionRunId', 'since Temporal 1.32'],
  ['WorkflowExecutionAlreadyStartedFailure.firstExecutionRunId', 'since Temporal 1.32'],
  ['QueryWorkflowResponse.link', 'since Temporal 1.32'],
  ['SignalWorkflowExecutionResponse.link', 'since Temporal 1.32'],
  ['SignalWithStartWorkflowExecutionResponse.signalLink', 'since Temporal 1.32'],
  ['WorkflowExecutionSignaledEventAttributes.requestId', 'since Temporal 1.32'],
]);

const CALLBACKS = 'completion callbacks are not served yet';
const NO_CALLBACKS = { code: 'UNIMPLEMENTED', message: 'CompletionCallbacks is not served yet' };

export const DEVIATIONS: readonly Deviation[] = [
  words('Namespace is empty.', 'Namespace not set on request.'),
  words('WorkflowId length exceeds limit.', 'WorkflowId exceeds maximum allowed length (1001/1000)'),
  words(
    'a valid StartToClose or ScheduleToCloseTimeout is not set on ScheduleActivityTaskCommand.',
    'a valid StartToCloseTimeout or ScheduleToCloseTimeout must be set on the activity.',
  ),
  at('starts/what-a-signal-with-start-must-not-be', 'Temporal 1.32 words it so', {
    '/0/refused/message': 'signal not set',
    '/1/refused/message': 'signal name exceeds maximum allowed length (1001/1000)',
    '/2/refused/message': 'workflow type not set',
    '/3/refused/message': 'Request ID exceeds maximum allowed length (1001/1000)',
  }),
  at('starts/what-a-start-must-not-be', CALLBACKS, {
    '/35/refused': NO_CALLBACKS,
    '/36/refused': NO_CALLBACKS,
    '/37/refused/message': NO_CALLBACKS.message,
    '/37/refused/code': NO_CALLBACKS.code,
  }),
  {
    reason: 'what was pending when a run closed is not kept',
    expected: (recorded) => recorded.map(withoutPendingIfClosed),
  },
];

/** A text that newer versions word differently. */
function words(recorded: string, ours: string): Deviation {
  const [from, to] = [recorded, ours].map((text) => JSON.stringify(text).slice(1, -1)) as [string, string];
  return {
    reason: 'Temporal 1.32 words it so; the recordings are of 1.31',
    expected: (entries) => JSON.parse(JSON.stringify(entries).replaceAll(from, to)) as Entry[],
  };
}

/** Other values at some places of one program's transcript: `/3/reply/status`; undefined where nothing is. */
function at(program: string, reason: string, values: Readonly<Record<string, Json | undefined>>): Deviation {
  const expected = (recorded: readonly Entry[]): readonly Entry[] => {
    const copy = structuredClone(recorded);
    for (const [path, value] of Object.entries(values)) put(copy, path.slice(1).split('/'), value);
    return copy;
  };
  return { reason, program, expected };
}

function put(target: unknown, [key = '', ...rest]: readonly string[], value: Json | undefined): void {
  const holder = target as Record<string, unknown>;
  if (rest.length > 0) put(holder[key], rest, value);
  else if (value === undefined) delete holder[key];
  else holder[key] = value;
}

function withoutPendingIfClosed(entry: Entry): Entry {
  const reply = entry['reply'] as Readonly<Record<string, Json>> | undefined;
  const info = reply?.['workflowExecutionInfo'] as { readonly closeTime?: Json } | undefined;
  if (reply === undefined || info?.closeTime === undefined) return entry;
  const { pendingActivities: _1, pendingChildren: _2, pendingWorkflowTask: _3, ...rest } = reply;
  return { ...entry, reply: rest };
}
