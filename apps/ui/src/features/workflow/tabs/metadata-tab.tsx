import type { Payload, WorkflowExecutionInfo } from '@perdure/proto/json-types';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { PlainMarkdown } from '../../../components/plain-markdown.tsx';
import { Facts, Panel, Stack } from '../../../components/page.tsx';
import { PayloadView } from '../../../components/payload-view.tsx';
import { Timestamp } from '../../../components/time.tsx';
import { useCodec, useDecoded } from '../../../lib/codec.ts';
import { enumWords } from '../../../lib/history/events.ts';
import { formatBytes, metadataText, readPayload } from '../../../lib/payload.ts';
import { durationMs, formatDuration } from '../../../lib/time.ts';
import { selfDescriptionQuery } from '../api.ts';
import type { WorkflowView } from '../use-workflow.ts';
import styles from './tab.module.css';

/** What is said about the workflow: summary and details, search attributes, memo, and how it was started. */
export function MetadataTab({ view }: { readonly view: WorkflowView }): ReactNode {
  const { description } = view;
  const { userMetadata } = description.executionConfig ?? {};
  const { data } = useQuery({
    ...selfDescriptionQuery(view.run, useCodec()),
    refetchInterval: view.isOpen ? 10_000 : false,
  });
  const info = description.workflowExecutionInfo ?? {};
  return (
    <Stack>
      <GivenWords title="Summary" payload={userMetadata?.summary} none="The program that started it gave no summary." />
      <Words title="Current details" text={data?.currentDetails} none="The workflow says nothing of where it is." />
      <GivenWords title="Details" payload={userMetadata?.details} none="The program that started it gave no details." />
      <Fields
        title="Search attributes"
        fields={info.searchAttributes?.indexedFields}
        none="It has no search attributes."
      />
      <Fields title="Memo" fields={info.memo?.fields} none="It has no memo." />
      <Panel title="Execution">
        <Facts facts={executionFacts(view)} />
      </Panel>
    </Stack>
  );
}

interface GivenWordsProps {
  readonly title: string;
  readonly payload: Payload | undefined;
  readonly none: string;
}

function GivenWords({ title, payload = noPayload, none }: GivenWordsProps): ReactNode {
  const { payload: decoded } = useDecoded(payload);
  const read = readPayload(decoded);
  const text = read.kind === 'json' && typeof read.value === 'string' ? read.value : undefined;
  return <Words title={title} text={text} none={payload === noPayload ? none : 'A codec has encoded it.'} />;
}

const noPayload: Payload = {};

function Words({ title, text, none }: { title: string; text: string | undefined; none: string }): ReactNode {
  return (
    <Panel title={title}>
      {text === undefined || text === '' ? <span className={styles.note}>{none}</span> : <PlainMarkdown text={text} />}
    </Panel>
  );
}

function Fields({
  title,
  fields = {},
  none,
}: {
  readonly title: string;
  readonly fields: Readonly<Record<string, Payload>> | undefined;
  readonly none: string;
}): ReactNode {
  const names = Object.keys(fields).sort();
  return (
    <Panel title={title}>
      {names.length === 0 && <span className={styles.note}>{none}</span>}
      <dl className={styles.fields}>
        {names.map((name) => (
          <div key={name}>
            <dt title={metadataText(fields[name] ?? {}, 'type')}>{name}</dt>
            <dd>
              <PayloadView payload={fields[name] ?? {}} label={name} isFlat />
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

/** Payloads that are kept elsewhere, where there are any. */
function external({ externalPayloadCount, externalPayloadSizeBytes }: WorkflowExecutionInfo): string | undefined {
  const count = Number(externalPayloadCount ?? 0);
  return count === 0 ? undefined : `${count}, ${formatBytes(Number(externalPayloadSizeBytes ?? 0))}`;
}

function executionFacts({ description, history, run }: WorkflowView): readonly (readonly [string, ReactNode])[] {
  const info = description.workflowExecutionInfo ?? {};
  const config = description.executionConfig ?? {};
  const started = history.events[0]?.workflowExecutionStartedEventAttributes;
  const versioning = info.versioningInfo;
  const sdk = history.events.findLast(
    ({ workflowTaskCompletedEventAttributes: completed }) => completed?.sdkMetadata?.sdkName,
  )?.workflowTaskCompletedEventAttributes?.sdkMetadata;
  const words = (duration: string | undefined): string | undefined => {
    const ms = durationMs(duration);
    return ms === undefined || ms === 0 ? undefined : formatDuration(ms);
  };
  return [
    ['Run ID', run.runId],
    ['First run', info.firstRunId],
    ['Started by', started?.identity],
    ['Execution time', <Timestamp key="time" value={info.executionTime} />],
    ['Workflow execution timeout', words(config.workflowExecutionTimeout)],
    ['Workflow run timeout', words(config.workflowRunTimeout)],
    ['Workflow task timeout', words(config.defaultWorkflowTaskTimeout)],
    ['Cron schedule', started?.cronSchedule],
    ['Attempt', started?.attempt],
    ['State transitions', info.stateTransitionCount],
    ['History size', formatBytes(Number(info.historySizeBytes ?? 0))],
    ['SDK', sdk && `${sdk.sdkName ?? ''} ${sdk.sdkVersion ?? ''}`],
    ['External payloads', external(info)],
    ['Build', info.mostRecentWorkerVersionStamp?.buildId],
    ['Deployment', versioning?.deploymentVersion?.deploymentName ?? info.workerDeploymentName],
    ['Versioning', versioning?.behavior && enumWords(versioning.behavior, 'VERSIONING_BEHAVIOR_')],
    ['Priority', info.priority?.priorityKey],
    ['Fairness key', info.priority?.fairnessKey],
  ];
}
