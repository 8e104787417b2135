import type { ListWorkflowExecutionsResponse, WorkflowExecutionInfo } from '@perdure/proto/json-types';
import { useInfiniteQuery, useQueries } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { SlidersHorizontal } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { call } from '../../api/client.ts';
import { messageOf } from '../../api/errors.ts';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { Page, Stack } from '../../components/page.tsx';
import { PlainMarkdown } from '../../components/plain-markdown.tsx';
import { RunLink } from '../../components/run-link.tsx';
import { Empty, Failure, Loading } from '../../components/states.tsx';
import { Elapsed } from '../../components/time.tsx';
import { useCodec } from '../../lib/codec.ts';
import { useCommands } from '../../lib/commands.ts';
import { summarize } from '../../lib/payload.ts';
import { askedQuery } from '../../lib/query/asked-query.ts';
import { useStored } from '../../lib/preferences.ts';
import type { PendingUpdate } from '../../lib/history/pending-updates.ts';
import { type Run, selfDescriptionQuery } from '../../lib/self-description.ts';
import { useMay } from '../../lib/use-may.ts';
import { counted } from '../../lib/words.ts';
import { pendingUpdatesQuery } from './api.ts';
import { AnswerDialog } from './answer-dialog.tsx';
import { type Answer, answersOf, answerWords } from './answers.ts';
import { InboxSettingsDialog } from './inbox-settings-dialog.tsx';
import { inboxSettings } from './inbox-settings.ts';
import styles from './inbox.module.css';

const route = getRouteApi('/namespaces/$namespace/inbox');

/** Each is asked by a query to its worker, so many are asked at once; more when the reader wants it. */
const pageSize = 50;
const listAgainMs = 10_000;
const askAgainMs = 30_000;

interface Waiting {
  readonly info: WorkflowExecutionInfo;
  readonly answers: readonly Answer[];
  /** Updates that somebody sent, and waits for: the oldest first. */
  readonly updates: readonly PendingUpdate[];
  /** What the workflow says of where it is, in Markdown. */
  readonly details: string;
}

/** Workflows that wait for a person: what they ask, and the answers that they take. */
export function InboxPage(): ReactNode {
  const { namespace } = route.useParams();
  const [isChoosing, setIsChoosing] = useState(false);
  const choose = (): void => setIsChoosing(true);
  useCommands([{ id: 'inbox.settings', title: 'Choose what is in the inbox', group: 'Inbox', keys: '/', run: choose }]);
  return (
    <Page
      title="Inbox"
      lead="Running workflows that wait for an answer: those that have an update to answer, and those that say which signals or updates they take."
      actions={
        <Button onClick={choose}>
          <SlidersHorizontal size={14} />
          Choose
        </Button>
      }
    >
      <InboxList key={namespace} namespace={namespace} />
      {isChoosing && <InboxSettingsDialog namespace={namespace} onClose={() => setIsChoosing(false)} />}
    </Page>
  );
}

function InboxList({ namespace }: { readonly namespace: string }): ReactNode {
  const { query, answers: wanted } = useStored(inboxSettings(namespace));
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['ListWorkflowExecutions', namespace, query, 'inbox'],
    queryFn: ({ signal, pageParam }) =>
      call(
        'ListWorkflowExecutions',
        { namespace, query: askedQuery(query), pageSize, nextPageToken: pageParam === '' ? undefined : pageParam },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextPageToken = '' }) => (nextPageToken === '' ? undefined : nextPageToken),
    refetchInterval: listAgainMs,
  });
  const executions = useMemo(() => distinct(data?.pages ?? []), [data]);
  const { waiting, askingCount, silentCount } = useWaiting(namespace, executions, wanted);
  if (data === undefined) {
    if (error === null) return <Loading>Reading the list</Loading>;
    return <Failure error={error} onRetry={() => void refetch()} />;
  }
  return (
    <Stack className={styles.list}>
      {error !== null && <Notice tone="failed">{messageOf(error)}</Notice>}
      {waiting.map((each) => (
        <WaitingCard key={each.info.execution?.runId} namespace={namespace} waiting={each} />
      ))}
      {waiting.length === 0 && askingCount > 0 && <Loading>Asking the workflows what they wait for</Loading>}
      {waiting.length === 0 && askingCount === 0 && (
        <Empty title={hasNextPage ? `None of the latest ${executions.length} waits` : 'Nobody is waited for'}>
          No workflow of “{query || 'all'}” has an update to answer, or says that it takes{' '}
          {wanted.trim() === '' ? 'a signal or an update' : wanted}.
        </Empty>
      )}
      <div className={styles.foot}>
        <p className={styles.muted} role="status">
          {footWords({ count: executions.length, hasNextPage, askingCount, silentCount })}
        </p>
        {hasNextPage && (
          <Button disabled={isFetchingNextPage || askingCount > 0} onClick={() => void fetchNextPage()}>
            Ask {pageSize} more
          </Button>
        )}
      </div>
    </Stack>
  );
}

interface Asked {
  readonly count: number;
  readonly hasNextPage: boolean;
  readonly askingCount: number;
  readonly silentCount: number;
}

/** How far the asking is. Who could not be asked is told once all have been. */
function footWords({ count, hasNextPage, askingCount, silentCount }: Asked): string {
  if (askingCount > 0) return `Asking: ${counted(count - askingCount, 'workflow')} of ${count} answered so far.`;
  return [
    hasNextPage && `The latest ${count} workflows were asked; the query finds more.`,
    silentCount > 0 &&
      `${counted(silentCount, 'workflow')} could not be asked: no worker answered for ${silentCount === 1 ? 'it' : 'them'}.`,
  ]
    .filter(Boolean)
    .join(' ');
}

/** A run that goes to another page while pages are read is in the list once. */
function distinct(pages: readonly ListWorkflowExecutionsResponse[]): readonly WorkflowExecutionInfo[] {
  const executions = pages.flatMap((page) => page.executions ?? []);
  return [...new Map(executions.map((info) => [info.execution?.runId, info])).values()];
}

function useWaiting(namespace: string, executions: readonly WorkflowExecutionInfo[], wanted: string) {
  const runs = executions.map(({ execution }): Run => ({
    namespace,
    workflowId: execution?.workflowId ?? '',
    runId: execution?.runId ?? '',
  }));
  const codec = useCodec();
  const asked = useQueries({
    queries: runs.map((run) => ({
      ...selfDescriptionQuery(run, codec),
      staleTime: askAgainMs,
      refetchInterval: askAgainMs,
    })),
  });
  // Whom no worker answers for may have some all the same; who takes none has none.
  const pending = useQueries({
    queries: runs.map((run, index) => {
      const { data, error } = asked[index] ?? {};
      return { ...pendingUpdatesQuery(run), enabled: data?.takesUpdates === true || (error ?? null) !== null };
    }),
  });
  const waiting = executions.flatMap((info, index): Waiting[] => {
    const said = asked[index]?.data;
    const answers = said === undefined ? [] : answersOf(said, wanted);
    const updates = pending[index]?.data ?? [];
    if (answers.length === 0 && updates.length === 0) return [];
    return [{ info, answers, updates, details: said?.currentDetails ?? '' }];
  });
  return {
    waiting: waiting.toSorted(bySomebodyWaiting),
    askingCount: asked.filter(({ isLoading }, index) => isLoading || pending[index]?.isLoading === true).length,
    silentCount: asked.filter(({ error }) => error !== null).length,
  };
}

/** Those whom somebody waits for come first, the longest wait before the others. */
function bySomebodyWaiting(left: Waiting, right: Waiting): number {
  const since = ({ updates: [first] }: Waiting): string => first?.acceptedTime ?? '9999';
  return since(left).localeCompare(since(right));
}

function WaitingCard({ namespace, waiting }: { readonly namespace: string; readonly waiting: Waiting }): ReactNode {
  const { info, answers, updates, details } = waiting;
  const [answer, setAnswer] = useState<Answer>();
  const may = useMay();
  const { workflowId = '', runId = '' } = info.execution ?? {};
  return (
    <article className={styles.card} aria-label={workflowId}>
      <div className={styles.about}>
        <h2>
          <RunLink namespace={namespace} workflowId={workflowId} runId={runId} className={styles.id} />
        </h2>
        <p className={styles.muted}>
          {info.type?.name}, running for <Elapsed from={info.startTime} />
        </p>
        {details !== '' && <PlainMarkdown text={details} />}
        {updates.map((update) => (
          <PendingUpdateLine key={update.id} update={update} />
        ))}
      </div>
      {answers.some(({ kind }) => may(kind)) && (
        <div className={styles.answers}>
          {answers
            .filter(({ kind }) => may(kind))
            .map((each) => (
              <Button
                key={`${each.kind} ${each.name}`}
                variant={each.meaning === 'yes' ? 'primary' : each.meaning === 'no' ? 'danger' : 'default'}
                title={`Sends the ${each.kind} ${each.name}`}
                onClick={() => setAnswer(each)}
              >
                {answerWords(each.name)}
              </Button>
            ))}
        </div>
      )}
      {answer !== undefined && (
        <AnswerDialog run={{ namespace, workflowId, runId }} answer={answer} onClose={() => setAnswer(undefined)} />
      )}
    </article>
  );
}

function PendingUpdateLine({ update }: { readonly update: PendingUpdate }): ReactNode {
  const { name, acceptedTime, identity, input } = update;
  const given = input?.payloads?.map((payload) => summarize(payload)).join(', ') ?? '';
  return (
    <p className={styles.update}>
      <strong>{name}</strong> waits for its answer for <Elapsed from={acceptedTime} />
      {identity !== '' && `, sent by ${identity}`}
      {given !== '' && <code className={styles.given}>{given}</code>}
    </p>
  );
}
