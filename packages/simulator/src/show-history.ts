import { describeEvent, nameOf, timeOf, type RunRecord } from './checkers/run-record.ts';
import { EPOCH_MS } from './host/sim-host.ts';

/** The longest line that is shown of one event. */
const LINE_LENGTH_MAX = 240;

const decoder = new TextDecoder();

/** The history of a run as it is durable, one line an event, with the virtual time. */
export function showHistory(record: RunRecord): string {
  const lines = record.events.map((event) => {
    const fields: readonly (readonly [string, unknown])[] = Object.entries(event);
    const attributes = fields.find(([field]) => field.endsWith('EventAttributes'))?.[1];
    const text = JSON.stringify(attributes, (_key, part: unknown) => readable(part)) ?? '';
    return `${String(timeOf(event) - EPOCH_MS).padStart(8)} ${describeEvent(event)} ${text}`.slice(0, LINE_LENGTH_MAX);
  });
  const { buffer, task } = record.shadow;
  return [`${nameOf(record)}, shard ${record.shard}, ${buffer.length} buffered, task ${task.phase}`, ...lines].join(
    '\n',
  );
}

function readable(part: unknown): unknown {
  return part instanceof Uint8Array ? decoder.decode(part) : part;
}
