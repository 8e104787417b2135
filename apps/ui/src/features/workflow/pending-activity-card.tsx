import type { PendingActivityInfo } from '@perdure/proto/json-types';
import type { ReactNode } from 'react';
import { FailureView } from '../../components/history/failure-view.tsx';
import { Facts } from '../../components/page.tsx';
import { PayloadsView } from '../../components/payload-view.tsx';
import { Countdown, Elapsed, Timestamp } from '../../components/time.tsx';
import { enumWords } from '../../lib/history/events.ts';
import { durationMs, formatDuration } from '../../lib/time.ts';
import { ActivityActions } from './actions/activity-actions.tsx';
import type { Run } from './api.ts';
import styles from './pending-activity-card.module.css';

export interface PendingActivityCardProps {
  readonly activity: PendingActivityInfo;
  readonly run: Run;
  /** Without frame and heading, inside of another panel. */
  readonly isBare?: boolean;
}

/** A pending activity in full: attempt, next retry and back-off, last failure, progress, and what can be done. */
export function PendingActivityCard({ activity, run, isBare = false }: PendingActivityCardProps): ReactNode {
  const { lastFailure, heartbeatDetails } = activity;
  return (
    <section
      className={isBare ? styles.card : `${styles.card} ${styles.framed}`}
      data-failing={lastFailure !== undefined}
    >
      <div className={styles.head}>
        {!isBare && (
          <h2>
            {activity.activityType?.name} <span className={styles.id}>{activity.activityId}</span>
          </h2>
        )}
        <ActivityActions activity={activity} run={run} />
      </div>
      <Facts facts={factsOf(activity)} />
      {lastFailure !== undefined && <FailureView failure={lastFailure} />}
      {heartbeatDetails !== undefined && (
        <div>
          <h3 className={styles.id}>Last heartbeat</h3>
          <PayloadsView payloads={heartbeatDetails} label="heartbeat" />
        </div>
      )}
    </section>
  );
}

function factsOf(activity: PendingActivityInfo): readonly (readonly [string, ReactNode])[] {
  const { attempt = 1, maximumAttempts = 0, activityOptions, state } = activity;
  const isWaiting = state === 'PENDING_ACTIVITY_STATE_SCHEDULED' && activity.lastFailure !== undefined;
  const policy = activityOptions?.retryPolicy;
  return [
    ['State', enumWords(state, 'PENDING_ACTIVITY_STATE_')],
    ['Attempt', maximumAttempts > 0 ? `${attempt} of ${maximumAttempts}` : `${attempt}, no limit`],
    [
      'Next attempt',
      isWaiting ? <Countdown to={activity.nextAttemptScheduleTime ?? activity.scheduledTime} /> : undefined,
    ],
    ['Wait before it', isWaiting ? words(activity.currentRetryInterval) : undefined],
    [
      'Running for',
      state === 'PENDING_ACTIVITY_STATE_STARTED' ? <Elapsed from={activity.lastStartedTime} /> : undefined,
    ],
    ['Last heartbeat', activity.lastHeartbeatTime && <Timestamp value={activity.lastHeartbeatTime} style="relative" />],
    ['Last attempt ended', activity.lastAttemptCompleteTime && <Timestamp value={activity.lastAttemptCompleteTime} />],
    ['Last worker', activity.lastWorkerIdentity],
    ['Task queue', activityOptions?.taskQueue?.name],
    ['Retries', policy && retryWords(policy)],
    ['Timeouts', timeoutWords(activityOptions ?? {})],
    ['Gives up', activity.expirationTime && <Timestamp value={activity.expirationTime} none="never" />],
    [
      'Paused',
      activity.pauseInfo &&
        `${activity.pauseInfo.manual?.reason ?? ''} ${activity.pauseInfo.manual?.identity ?? ''}`.trim(),
    ],
  ];
}

function words(duration: string | undefined): string | undefined {
  const ms = durationMs(duration);
  return ms === undefined || ms === 0 ? undefined : formatDuration(ms);
}

function retryWords(policy: NonNullable<NonNullable<PendingActivityInfo['activityOptions']>['retryPolicy']>): string {
  const { initialInterval, backoffCoefficient = 2, maximumInterval, maximumAttempts = 0 } = policy;
  const most = words(maximumInterval);
  return [
    `after ${words(initialInterval) ?? '1s'}, × ${backoffCoefficient}`,
    most && `at most ${most}`,
    maximumAttempts > 0 ? `${maximumAttempts} attempts` : undefined,
  ]
    .filter(Boolean)
    .join(', ');
}

function timeoutWords(options: NonNullable<PendingActivityInfo['activityOptions']>): string | undefined {
  const named = [
    ['start to close', options.startToCloseTimeout],
    ['schedule to close', options.scheduleToCloseTimeout],
    ['schedule to start', options.scheduleToStartTimeout],
    ['heartbeat', options.heartbeatTimeout],
  ] as const;
  const parts = named.flatMap(([name, value]) => (words(value) === undefined ? [] : [`${name} ${words(value)}`]));
  return parts.length === 0 ? undefined : parts.join(', ');
}
