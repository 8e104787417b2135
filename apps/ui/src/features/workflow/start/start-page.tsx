import type {
  Payload,
  WorkflowExecutionInfo,
  WorkflowExecutionStartedEventAttributes,
} from '@perdure/proto/json-types';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { call } from '../../../api/client.ts';
import { Notice } from '../../../components/notice.tsx';
import { Page } from '../../../components/page.tsx';
import { Failure, Loading } from '../../../components/states.tsx';
import { useDecodedAll } from '../../../lib/codec.ts';
import { readPayload } from '../../../lib/payload.ts';
import { fieldsText } from '../../../lib/payload-fields.ts';
import { describeQuery } from '../api.ts';
import { StartFormView } from './start-form.tsx';
import { emptyForm, type StartForm } from './start-request.ts';

const route = getRouteApi('/namespaces/$namespace/workflows/start-workflow');

/** Starts a workflow: from nothing, or like another one. */
export function StartPage(): ReactNode {
  const { namespace } = route.useParams();
  const { likeId, likeRun = '' } = route.useSearch();
  const like = useLike(namespace, likeId, likeRun);
  const title = likeId === undefined ? 'Start a workflow' : `Start a workflow like ${likeId}`;
  return (
    <Page title={title}>
      {like.error !== null && <Failure error={like.error} />}
      {like.error === null && like.form === undefined && <Loading />}
      {like.isPartial && (
        <Notice tone="failed">Some of what it was started with cannot be read here, and is left out.</Notice>
      )}
      {like.form !== undefined && <StartFormView namespace={namespace} initial={like.form} />}
    </Page>
  );
}

function useLike(namespace: string, workflowId: string | undefined, runId: string) {
  const run = { namespace, workflowId: workflowId ?? '', runId };
  const isLike = workflowId !== undefined;
  const described = useQuery({ ...describeQuery(run), enabled: isLike, refetchInterval: false });
  const first = useQuery({
    queryKey: ['GetWorkflowExecutionHistory', namespace, workflowId, runId, 'first'],
    queryFn: ({ signal }) =>
      call(
        'GetWorkflowExecutionHistory',
        { namespace, execution: { workflowId, ...(runId !== '' && { runId }) }, maximumPageSize: 1 },
        { signal },
      ),
    enabled: isLike,
  });
  const started = first.data?.history?.events?.[0]?.workflowExecutionStartedEventAttributes;
  const info = described.data?.workflowExecutionInfo;
  const payloads = useMemo(() => (started === undefined ? [] : payloadsWithin(started)), [started]);
  const { decoded, isDecoding } = useDecodedAll(payloads, true);
  if (!isLike) return { form: emptyForm, isPartial: false, error: null };
  const isRead = started !== undefined && info !== undefined && !isDecoding;
  const isReadable = (payload: Payload): boolean => ['json', 'null'].includes(readPayload(decoded(payload)).kind);
  return {
    form: isRead ? formLike(info, started, decoded) : undefined,
    isPartial: isRead && !payloads.every(isReadable),
    error: described.error ?? first.error,
  };
}

type Started = WorkflowExecutionStartedEventAttributes;

function payloadsWithin({ input, memo }: Started): readonly Payload[] {
  return [...(input?.payloads ?? []), ...Object.values(memo?.fields ?? {})];
}

/** The search attributes that a client gives; the others are the server's. */
function givenAttributes(started: Started): Record<string, Payload> {
  const fields = Object.entries(started.searchAttributes?.indexedFields ?? {});
  return Object.fromEntries(fields.filter(([name]) => !/^(Temporal|BuildIds$)/.test(name)));
}

function formLike(info: WorkflowExecutionInfo, started: Started, decoded: (payload: Payload) => Payload): StartForm {
  const args = (started.input?.payloads ?? []).map((payload) => {
    const read = readPayload(decoded(payload));
    return {
      text: read.kind === 'json' ? JSON.stringify(read.value, undefined, 2) : read.kind === 'null' ? 'null' : '',
    };
  });
  const memo = Object.entries(started.memo?.fields ?? {}).map(([name, payload]) => [name, decoded(payload)] as const);
  return {
    ...emptyForm,
    type: info.type?.name ?? '',
    taskQueue: info.taskQueue ?? '',
    args: args.length === 0 ? emptyForm.args : args,
    cronSchedule: started.cronSchedule ?? '',
    memo: fieldsText(Object.fromEntries(memo)) ?? '',
    searchAttributes: fieldsText(givenAttributes(started)) ?? '',
  };
}
