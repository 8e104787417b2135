import type { DescribeScheduleResponse, Schedule, ScheduleInfo } from '@perdure/proto/json-types';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { GrpcCode, hasCode, messageOf } from '../../../api/errors.ts';
import { buttonClass } from '../../../components/button.tsx';
import { CopyButton } from '../../../components/copy.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Facts, GonePage, Page, Panel, Stack, UnreadPage } from '../../../components/page.tsx';
import { PayloadsView, PayloadView } from '../../../components/payload-view.tsx';
import { Countdown, Timestamp } from '../../../components/time.tsx';
import { durationMs, formatDuration, instantMs } from '../../../lib/time.ts';
import { scheduleQuery, startedByQuery } from '../api.ts';
import { overlapWords } from '../overlap.ts';
import { ScheduleStatus } from '../schedule-status.tsx';
import styles from '../schedules.module.css';
import { exclusionWords, specWords } from '../spec/spec-words.ts';
import { RecentRuns } from './recent-runs.tsx';
import { ScheduleActions } from './schedule-actions.tsx';
import { quoted } from '../../../lib/query/query-text.ts';

const route = getRouteApi('/namespaces/$namespace/schedules/$scheduleId');

/** One schedule: whether it goes on, what it started and how that ended, when next. */
export function SchedulePage(): ReactNode {
  const { namespace, scheduleId } = route.useParams();
  const { data, error, refetch } = useQuery(scheduleQuery(namespace, scheduleId));
  if (hasCode(error, GrpcCode.notFound)) return <Gone />;
  if (data === undefined) {
    return (
      <UnreadPage error={error} onRetry={() => void refetch()}>
        Reading the schedule
      </UnreadPage>
    );
  }
  const { schedule = {}, info = {} } = data;
  return (
    <Page
      title={scheduleId}
      above={
        <Link to="/namespaces/$namespace/schedules" params={{ namespace }}>
          Schedules
        </Link>
      }
      beside={
        <>
          <CopyButton text={scheduleId} label="Copy schedule ID" />
          <ScheduleStatus isPaused={schedule.state?.paused ?? false} />
        </>
      }
      actions={<ScheduleActions namespace={namespace} scheduleId={scheduleId} schedule={schedule} />}
    >
      <Stack>
        {error !== null && <Notice tone="failed">{messageOf(error)}</Notice>}
        <Matters schedule={schedule} info={info} />
        <div className={styles.columns}>
          <Stack>
            <RecentRuns namespace={namespace} scheduleId={scheduleId} info={info} />
            <Started namespace={namespace} description={data} />
          </Stack>
          <Stack>
            <When schedule={schedule} info={info} />
            <Policies schedule={schedule} />
            <Counts namespace={namespace} scheduleId={scheduleId} info={info} />
          </Stack>
        </div>
      </Stack>
    </Page>
  );
}

function Gone(): ReactNode {
  const { namespace, scheduleId } = route.useParams();
  return (
    <GonePage
      title="This schedule is gone"
      actions={
        <Link
          to="/namespaces/$namespace/schedules"
          params={{ namespace }}
          className={buttonClass({ variant: 'primary' })}
        >
          All schedules
        </Link>
      }
    >
      The namespace {namespace} has no schedule {scheduleId}. It may have been deleted, have done all of its runs, or
      the address may be mistyped.
    </GonePage>
  );
}

/** What stands in its way. */
function Matters({ schedule, info }: { readonly schedule: Schedule; readonly info: ScheduleInfo }): ReactNode {
  const { paused, notes, limitedActions, remainingActions = '0' } = schedule.state ?? {};
  return (
    <>
      {info.invalidScheduleError && (
        <Notice tone="failed">Its times cannot be read: {info.invalidScheduleError}</Notice>
      )}
      {paused && <Notice tone="waiting">It is paused and starts nothing.{notes && ` ${notes}`}</Notice>}
      {!paused && notes && <Notice tone="quiet">{notes}</Notice>}
      {limitedActions && remainingActions === '0' && (
        <Notice tone="waiting">It has done all of the runs that it was limited to.</Notice>
      )}
    </>
  );
}

const upcomingShown = 5;

function When({ schedule, info }: { readonly schedule: Schedule; readonly info: ScheduleInfo }): ReactNode {
  const { spec = {} } = schedule;
  const words = specWords(spec);
  const times = (info.futureActionTimes ?? []).slice(0, upcomingShown);
  const isPaused = schedule.state?.paused ?? false;
  const jitterMs = durationMs(spec.jitter) ?? 0;
  return (
    <Panel title="When">
      <ul className={styles.words}>
        {words.length === 0 && <li>Only when it is triggered</li>}
        {words.map((line) => (
          <li key={line}>{line}</li>
        ))}
        {exclusionWords(spec).map((line) => (
          <li key={line} data-not="true">
            {line.charAt(0).toLowerCase() + line.slice(1)}
          </li>
        ))}
      </ul>
      <div className={styles.below}>
        <Facts
          facts={[
            ['Time zone', spec.timezoneName || 'UTC'],
            ['Later at random by up to', jitterMs > 0 ? formatDuration(jitterMs) : undefined],
            ['From', instantMs(spec.startTime) && <Timestamp value={spec.startTime} />],
            ['Until', instantMs(spec.endTime) && <Timestamp value={spec.endTime} />],
          ]}
        />
      </div>
      {times.length > 0 && (
        <div className={styles.below}>
          <h3 className={styles.subtitle}>{isPaused ? 'Next runs, if it is resumed' : 'Next runs'}</h3>
          <ol className={styles.times}>
            {times.map((time) => (
              <li key={time}>
                <Timestamp value={time} style="absolute" />
                <span className={styles.gap}>{isPaused ? '' : <Countdown to={time} />}</span>
              </li>
            ))}
          </ol>
        </div>
      )}
    </Panel>
  );
}

function Policies({ schedule }: { readonly schedule: Schedule }): ReactNode {
  const { policies, state } = schedule;
  return (
    <Panel title="Policies">
      <Facts
        facts={[
          ['If the last run still goes on', overlapWords(policies?.overlapPolicy)],
          ['Makes up for outages of', formatDuration(durationMs(policies?.catchupWindow) ?? 0)],
          ['Pauses when a run fails', policies?.pauseOnFailure ? 'yes' : 'no'],
          ['Runs left', state?.limitedActions ? (state.remainingActions ?? '0') : 'no limit'],
          ['Workflow ID', policies?.keepOriginalWorkflowId ? 'the same for each run' : undefined],
        ]}
      />
    </Panel>
  );
}

interface CountsProps {
  readonly namespace: string;
  readonly scheduleId: string;
  readonly info: ScheduleInfo;
}

function Counts({ namespace, scheduleId, info }: CountsProps): ReactNode {
  const count = (text: string | undefined): string | undefined =>
    text === undefined || text === '0' ? undefined : text;
  return (
    <Panel title="So far">
      <Facts
        facts={[
          [
            'Runs started',
            <Link
              key="started"
              to="/namespaces/$namespace/workflows"
              params={{ namespace }}
              search={{ query: startedByQuery(scheduleId) }}
            >
              {info.actionCount ?? '0'}
            </Link>,
          ],
          ['Waiting their turn', count(info.bufferSize)],
          ['Skipped, as one was running', count(info.overlapSkipped)],
          ['Missed in an outage', count(info.missedCatchupWindow)],
          ['Dropped, as too many waited', count(info.bufferDropped)],
          ['Created', <Timestamp key="created" value={info.createTime} />],
          ['Changed', instantMs(info.updateTime) && <Timestamp value={info.updateTime} />],
        ]}
      />
    </Panel>
  );
}

function Started({ namespace, description }: { namespace: string; description: DescribeScheduleResponse }): ReactNode {
  const start = description.schedule?.action?.startWorkflow ?? {};
  const named = [
    ...Object.entries(description.memo?.fields ?? {}),
    ...Object.entries(description.searchAttributes?.indexedFields ?? {}),
  ];
  return (
    <Panel title="What it starts">
      <Facts
        facts={[
          [
            'Workflow type',
            <Link
              key="type"
              to="/namespaces/$namespace/workflows"
              params={{ namespace }}
              search={{ query: `WorkflowType = ${quoted(start.workflowType?.name ?? '')}` }}
            >
              {start.workflowType?.name}
            </Link>,
          ],
          [
            'Task queue',
            <Link
              key="queue"
              to="/namespaces/$namespace/task-queues/$taskQueue"
              params={{ namespace, taskQueue: start.taskQueue?.name ?? '' }}
            >
              {start.taskQueue?.name}
            </Link>,
          ],
          [
            'Workflow ID',
            description.schedule?.policies?.keepOriginalWorkflowId
              ? start.workflowId
              : `${start.workflowId ?? ''}-TIME`,
          ],
          ['Execution timeout', durationWords(start.workflowExecutionTimeout)],
          ['Run timeout', durationWords(start.workflowRunTimeout)],
          ['Attempts', start.retryPolicy && (start.retryPolicy.maximumAttempts ?? 'no limit')],
        ]}
      />
      <div className={styles.below}>
        <h3 className={styles.subtitle}>Input</h3>
        <PayloadsView payloads={start.input} label="input" none="no input" />
      </div>
      {named.length > 0 && (
        <div className={styles.below}>
          <h3 className={styles.subtitle}>Memo and search attributes of the schedule</h3>
          <Facts facts={named.map(([name, payload]) => [name, <PayloadView key={name} payload={payload} isFlat />])} />
        </div>
      )}
    </Panel>
  );
}

function durationWords(text: string | undefined): string | undefined {
  const ms = durationMs(text) ?? 0;
  return ms > 0 ? formatDuration(ms) : undefined;
}
