import type { HistoryEvent, Payload } from '@perdure/proto/types';

type Fields = Readonly<Record<string, Payload>>;

/** The memo that a history leads to: that of the start, and what the workflow has changed since. */
export function memoOf(events: readonly HistoryEvent[]): Fields {
  return merged(
    events.flatMap(
      ({ workflowExecutionStartedEventAttributes: started, workflowPropertiesModifiedEventAttributes }) => [
        started?.memo?.fields,
        workflowPropertiesModifiedEventAttributes?.upsertedMemo?.fields,
      ],
    ),
  );
}

/**
 * What the server sets by itself, for as long as workflow tasks keep failing or somebody holds an activity, and of a
 * closed run as it was then: no event tells of that.
 */
const UNRECORDED: ReadonlySet<string> = new Set(['TemporalReportedProblems', 'TemporalPauseInfo']);

/** What the server sets once a worker has completed a workflow task; the model's workers name no build. */
const BUILD_IDS: Fields = { BuildIds: { data: encoded(['unversioned']) } };

/** The same of the search attributes. */
export function attributesOf(events: readonly HistoryEvent[]): Fields {
  const binaries = new Set<string>();
  return merged(
    events.flatMap((event) => [
      event.workflowTaskCompletedEventAttributes && BUILD_IDS,
      binariesOf(event, binaries),
      event.workflowExecutionStartedEventAttributes?.searchAttributes?.indexedFields,
      event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes?.indexedFields,
    ]),
  );
}

/** The binaries that have worked on the run or on those before it, where the event tells of another one. */
function binariesOf(event: HistoryEvent, known: Set<string>): Fields | undefined {
  const before = event.workflowExecutionStartedEventAttributes?.prevAutoResetPoints?.points ?? [];
  for (const { binaryChecksum } of before) if (binaryChecksum) known.add(binaryChecksum);
  const { binaryChecksum = '' } = event.workflowTaskCompletedEventAttributes ?? {};
  if (binaryChecksum === '' || known.has(binaryChecksum)) return undefined;
  known.add(binaryChecksum);
  return { BinaryChecksums: { data: encoded([...known]) } };
}

function encoded(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** The data of each field, without its metadata: the server adds the type of an attribute. */
export function dataOf(fields: Fields | undefined): Map<string, Uint8Array | undefined> {
  const entries = Object.entries(fields ?? {})
    .filter(([name]) => !UNRECORDED.has(name))
    .map(([name, { data }]) => [name, data] as const);
  return new Map(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function merged(changes: readonly (Fields | undefined)[]): Fields {
  return Object.assign({}, ...changes) as Fields;
}
