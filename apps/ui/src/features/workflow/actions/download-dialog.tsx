import type { Payload } from '@perdure/proto/json-types';
import { type ReactNode, useState } from 'react';
import { ActionDialog } from '../../../components/dialog.tsx';
import { Checkbox, SelectField } from '../../../components/field.tsx';
import { decodePayload, useCodec, wholePayload } from '../../../lib/codec.ts';
import { formatBytes, readPayload } from '../../../lib/payload.ts';
import { saveFile } from '../../../lib/save-file.ts';
import type { WorkflowView } from '../use-workflow.ts';

type Form = 'replay' | 'decoded' | 'readable';

const forms = [
  ['replay', 'As recorded: any SDK replays it'],
  ['decoded', 'Payloads decoded by the codec server'],
  ['readable', 'Payloads as plain JSON, to read'],
] as const;

/** Saves the history as a file, in the form that the purpose needs. */
export function DownloadDialog({
  view,
  onClose,
}: {
  readonly view: WorkflowView;
  readonly onClose: () => void;
}): ReactNode {
  const [form, setForm] = useState<Form>('replay');
  const [fetches, setFetches] = useState(true);
  const codec = useCodec();
  const { events, isComplete } = view.history;
  const { externalPayloadCount, externalPayloadSizeBytes } = view.description.workflowExecutionInfo ?? {};
  const storedCount = Number(externalPayloadCount ?? 0);
  const download = async (): Promise<void> => {
    const history =
      form === 'replay'
        ? { events }
        : await mapPayloads({ events }, async (payload) => {
            const decoded = await (fetches ? wholePayload : decodePayload)(payload, codec);
            return form === 'decoded' ? decoded : plain(decoded);
          });
    saveFile({
      name: `${view.run.workflowId.replaceAll(/[^\w.-]+/g, '_')}_${view.run.runId}.json`,
      content: JSON.stringify(history, undefined, 2),
    });
  };
  return (
    <ActionDialog
      title="Download the history"
      description={`${events.length} events${isComplete ? '' : ', the rest is still being read'}`}
      actionLabel="Download"
      isReady={isComplete}
      onAction={download}
      onClose={onClose}
    >
      <SelectField
        label="Form"
        options={forms}
        value={form}
        onChange={(event) => setForm(event.target.value as Form)}
      />
      {form !== 'replay' && codec !== undefined && storedCount > 0 && (
        <Checkbox
          label={`With the ${storedCount} values that are stored elsewhere, ${formatBytes(Number(externalPayloadSizeBytes ?? 0))}`}
          checked={fetches}
          onChange={(event) => setFetches(event.target.checked)}
        />
      )}
    </ActionDialog>
  );
}

function plain(payload: Payload): unknown {
  const read = readPayload(payload);
  if (read.kind === 'json') return read.value;
  return read.kind === 'null' ? null : payload;
}

/** A copy of a JSON value in which each payload is what `map` makes of it. */
async function mapPayloads(value: unknown, map: (payload: Payload) => Promise<unknown>): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((item) => mapPayloads(item, map)));
  if (typeof value !== 'object' || value === null) return value;
  const { metadata } = value as Payload;
  if (metadata !== undefined && typeof metadata.encoding === 'string') return map(value as Payload);
  const entries = await Promise.all(
    Object.entries(value).map(async ([name, field]) => [name, await mapPayloads(field, map)] as const),
  );
  return Object.fromEntries(entries);
}
