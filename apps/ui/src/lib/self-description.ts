import type { Payload } from '@perdure/proto/json-types';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import { type CodecTarget, decodePayload } from './codec.ts';
import { payloadsFromText, readPayload } from './payload.ts';

export interface Run {
  readonly namespace: string;
  readonly workflowId: string;
  /** Empty for the latest run. */
  readonly runId: string;
}

/** What a workflow says of itself when it is asked: its handlers, and where it is. */
interface WorkflowSelfDescription {
  readonly queries: readonly string[];
  readonly signals: readonly string[];
  readonly updates: readonly string[];
  /** Whether it may take updates, also of names that it does not say. */
  readonly takesUpdates: boolean;
  readonly currentDetails: string;
}

interface HandlerDefinition {
  readonly name?: string;
}

/** Runs a query and gives its one result; undefined where it has none. Throws with the worker's message. */
export async function queryWorkflow(
  { namespace, workflowId, runId }: Run,
  queryType: string,
  argument?: string,
  { signal, send = call }: { readonly signal?: AbortSignal | undefined; readonly send?: typeof call } = {},
): Promise<Payload | undefined> {
  const reply = await send(
    'QueryWorkflow',
    {
      namespace,
      execution: { workflowId, runId },
      query: { queryType, queryArgs: payloadsFromText(argument ?? '') },
    },
    { signal },
  );
  return reply.queryResult?.payloads?.[0];
}

/** `codec` decodes what the worker answers where its payloads are encoded. */
export function selfDescriptionQuery(run: Run, codec: CodecTarget | undefined) {
  return queryOptions({
    queryKey: ['QueryWorkflow', run.namespace, run.workflowId, run.runId, 'metadata', codec],
    queryFn: async ({ signal }): Promise<WorkflowSelfDescription> => {
      const payload = await queryWorkflow(run, '__temporal_workflow_metadata', undefined, { signal });
      const read = payload && readPayload(await decodePayload(payload, codec, signal));
      return toSelfDescription(read?.kind === 'json' ? read.value : {});
    },
    staleTime: 5000,
    retry: false,
  });
}

function toSelfDescription(value: unknown): WorkflowSelfDescription {
  const { definition, currentDetails } = value as {
    definition?: Record<string, readonly HandlerDefinition[] | undefined>;
    currentDetails?: string;
  };
  const names = (key: string): string[] =>
    (definition?.[key] ?? []).map(({ name }) => name ?? '').filter((name) => name !== '' && !name.startsWith('__'));
  return {
    queries: names('queryDefinitions'),
    signals: names('signalDefinitions'),
    updates: names('updateDefinitions'),
    takesUpdates: (definition?.updateDefinitions ?? []).length > 0,
    currentDetails: currentDetails ?? '',
  };
}
