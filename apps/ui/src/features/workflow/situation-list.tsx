import type { Failure } from '@perdure/proto/json-types';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useId, useState } from 'react';
import { buttonClass, Button } from '../../components/button.tsx';
import { RunLink } from '../../components/run-link.tsx';
import { Countdown, Elapsed } from '../../components/time.tsx';
import { useDecodedFailure } from '../../lib/codec.ts';
import { failureLine } from '../../lib/history/events.ts';
import { isUnattended, type Situation, situationsOf } from '../../lib/history/situation.ts';
import { useNow } from '../../lib/use-now.ts';
import { ActivityActions } from './actions/activity-actions.tsx';
import { taskQueueQuery } from './api.ts';
import type { WorkflowView } from './use-workflow.ts';
import styles from './workflow-page.module.css';

const shownMax = 3;

/** What is the matter, in words: the first thing that the page says. */
export function SituationList({ view }: { readonly view: WorkflowView }): ReactNode {
  const { description, groups, history, run, isOpen } = view;
  const [showsAll, setShowsAll] = useState(false);
  const nowMs = useNow(isOpen);
  const queue = description.executionConfig?.taskQueue?.name ?? '';
  const isWaitingForWorker = description.pendingWorkflowTask !== undefined;
  const { data } = useQuery({
    ...taskQueueQuery(run.namespace, queue, 'workflow'),
    enabled: isWaitingForWorker,
  });
  const due = description.pendingActivities?.find((activity) => isUnattended(activity, nowMs));
  const { data: ofActivity } = useQuery(
    taskQueueQuery(run.namespace, due?.activityOptions?.taskQueue?.name ?? '', 'activity'),
  );
  const situations = situationsOf({
    description,
    groups,
    events: history.events,
    pollerCount: data && (data.pollers ?? []).length,
    activityPollerCount: ofActivity && (ofActivity.pollers ?? []).length,
    nowMs,
  });
  const shown = showsAll ? situations : situations.slice(0, shownMax);
  const hidden = situations.length - shown.length;
  return (
    <div className={styles.situations} aria-live="polite">
      {shown.map((situation) => (
        <OneSituation key={situation.key} situation={situation} view={view} />
      ))}
      {(hidden > 0 || showsAll) && (
        <div className={styles.more}>
          <Button isSmall onClick={() => setShowsAll(!showsAll)}>
            {showsAll ? 'Show fewer' : `${hidden} more pending`}
          </Button>
        </div>
      )}
    </div>
  );
}

function OneSituation({ situation, view }: { readonly situation: Situation; readonly view: WorkflowView }): ReactNode {
  const { tone, headline, message, entry, cause, notes, next, since, activity, run } = situation;
  const id = useId();
  return (
    <section className={styles.situation} data-tone={tone} aria-labelledby={id}>
      <div>
        <h2 className={styles.headline} id={id}>
          {headline}
          {next !== undefined && (
            <span className={styles.next}>
              {next.words} <Countdown to={next.time} />
            </span>
          )}
        </h2>
        {message !== undefined && message !== '' && (
          <p className={styles.message}>{cause === undefined ? message : <FailureMessage failure={cause} />}</p>
        )}
        {(notes.length > 0 || since !== undefined || entry !== undefined) && (
          <p className={styles.notes}>
            {notes.map((note) => (
              <span key={note}>{note}</span>
            ))}
            {since !== undefined && (
              <span>
                for <Elapsed from={since} />
              </span>
            )}
            {entry !== undefined && (
              <Link to="/common-errors" hash={entry} aria-describedby={id}>
                Why this happens, and what to do
              </Link>
            )}
          </p>
        )}
      </div>
      <div className={styles.situationActions}>
        {activity !== undefined && <ActivityActions activity={activity} run={view.run} />}
        {run !== undefined && (
          <RunLink namespace={view.run.namespace} {...run} className={buttonClass({ isSmall: true })}>
            Open
          </RunLink>
        )}
      </div>
    </section>
  );
}

function FailureMessage({ failure }: { readonly failure: Failure }): ReactNode {
  return failureLine(useDecodedFailure(failure));
}
