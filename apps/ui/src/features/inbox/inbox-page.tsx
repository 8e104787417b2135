import type { WorkflowExecutionInfo } from '@perdure/proto/json-types';
import { useQueries, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { SlidersHorizontal } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { call } from '../../api/client.ts';
import { messageOf } from '../../api/errors.ts';
import { settingsQuery } from '../../api/queries.ts';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { Page, Stack } from '../../components/page.tsx';
import { PlainMarkdown } from '../../components/plain-markdown.tsx';
import { RunLink } from '../../components/run-link.tsx';
import { Empty, Failure, Loading } from '../../components/states.tsx';
import { Elapsed } from '../../components/time.tsx';
import { useCommands } from '../../lib/commands.ts';
import { useStored } from '../../lib/preferences.ts';
import { selfDescriptionQuery } from '../../lib/self-description.ts';
import { AnswerDialog } from './answer-dialog.tsx';
import { type Answer, answersOf, answerWords } from './answers.ts';
import { InboxSettingsDialog } from './inbox-settings-dialog.tsx';
import { inboxSettings } from './inbox-settings.ts';
import styles from './inbox.module.css';

const route = getRouteApi('/namespaces/$namespace/inbox');

/** Each is asked by a query to its worker, so there is a limit. */
const askedMax = 50;
const listAgainMs = 10_000;

interface Waiting {
  readonly info: WorkflowExecutionInfo;
  readonly answers: readonly Answer[];
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
      lead="Running workflows that wait for an answer: those that say which signals or updates they take."
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
  const { data, error, refetch } = useQuery({
    queryKey: ['ListWorkflowExecutions', namespace, query, 'inbox'],
    queryFn: ({ signal }) => call('ListWorkflowExecutions', { namespace, query, pageSize: askedMax }, { signal }),
    refetchInterval: listAgainMs,
  });
  const { waiting, isAsking, silentCount } = useWaiting(namespace, data?.executions ?? [], wanted);
  if (data === undefined) {
    if (error === null) return <Loading>Reading the list</Loading>;
    return <Failure error={error} onRetry={() => void refetch()} />;
  }
  return (
    <Stack className={styles.list}>
      {error !== null && <Notice tone="failed">{messageOf(error)}</Notice>}
      {(data.nextPageToken ?? '') !== '' && (
        <Notice tone="quiet">Only the latest {askedMax} workflows are asked. Choose fewer by a query.</Notice>
      )}
      {waiting.map((each) => (
        <WaitingCard key={each.info.execution?.runId} namespace={namespace} waiting={each} />
      ))}
      {waiting.length === 0 && isAsking && <Loading>Asking the workflows what they wait for</Loading>}
      {waiting.length === 0 && !isAsking && (
        <Empty title="Nobody is waited for">
          No workflow of “{query || 'all'}” says that it takes {wanted.trim() === '' ? 'a signal or an update' : wanted}
          .
        </Empty>
      )}
      {silentCount > 0 && (
        <p className={styles.muted} role="status">
          {silentCount} {silentCount === 1 ? 'workflow' : 'workflows'} could not be asked: no worker answered for{' '}
          {silentCount === 1 ? 'it' : 'them'}.
        </p>
      )}
    </Stack>
  );
}

function useWaiting(namespace: string, executions: readonly WorkflowExecutionInfo[], wanted: string) {
  const asked = useQueries({
    queries: executions.map(({ execution }) => ({
      ...selfDescriptionQuery({ namespace, workflowId: execution?.workflowId ?? '', runId: execution?.runId ?? '' }),
      staleTime: 30_000,
      refetchInterval: 30_000,
    })),
  });
  const waiting = executions.flatMap((info, index): Waiting[] => {
    const said = asked[index]?.data;
    if (said === undefined) return [];
    const answers = answersOf(said, wanted);
    return answers.length === 0 ? [] : [{ info, answers, details: said.currentDetails }];
  });
  return {
    waiting,
    isAsking: asked.some(({ isPending }) => isPending),
    silentCount: asked.filter(({ error }) => error !== null).length,
  };
}

function WaitingCard({ namespace, waiting }: { readonly namespace: string; readonly waiting: Waiting }): ReactNode {
  const { info, answers, details } = waiting;
  const [answer, setAnswer] = useState<Answer>();
  const { data: settings } = useQuery(settingsQuery);
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
      </div>
      {settings?.isReadOnly !== true && (
        <div className={styles.answers}>
          {answers.map((each) => (
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
