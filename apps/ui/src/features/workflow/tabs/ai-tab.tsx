import { type ReactNode, useMemo } from 'react';
import { FailureView } from '../../../components/history/failure-view.tsx';
import { Facts, Panel, Tag } from '../../../components/page.tsx';
import { PayloadsView } from '../../../components/payload-view.tsx';
import { Empty } from '../../../components/states.tsx';
import { formatDuration } from '../../../lib/time.ts';
import { useNow } from '../../../lib/use-now.ts';
import { type AiCall, aiCallsOf, totalTokens } from '../ai/ai-calls.ts';
import type { WorkflowView } from '../use-workflow.ts';
import styles from './ai-tab.module.css';

/** A run that asks models: the conversation, the tools, tokens, attempts and latency of each call. */
export function AiTab({ view }: { readonly view: WorkflowView }): ReactNode {
  const calls = useMemo(() => aiCallsOf(view.groups), [view.groups]);
  const { input, output } = totalTokens(calls);
  const models = calls.filter(({ kind }) => kind === 'model');
  if (calls.length === 0) return <Empty title="No calls to models">No activity of this run asks a model.</Empty>;
  const retried = calls.reduce((sum, { group }) => sum + Math.max(0, group.attempt - 1), 0);
  return (
    <div className={styles.stack}>
      <Panel>
        <Facts
          facts={[
            ['Calls to models', models.length],
            ['Calls of tools', calls.length - models.length],
            ['Tokens in', input.toLocaleString('en')],
            ['Tokens out', output.toLocaleString('en')],
            ['Retries', retried],
          ]}
        />
      </Panel>
      <ol className={styles.stack}>
        {calls.map((call) => (
          <li key={call.group.id}>
            <Call call={call} />
          </li>
        ))}
      </ol>
    </div>
  );
}

function Call({ call }: { readonly call: AiCall }): ReactNode {
  const { group, kind, title, parts, inputTokens, outputTokens } = call;
  const nowMs = useNow(group.endMs === undefined);
  const tookMs = Math.max(0, (group.endMs ?? nowMs) - group.startMs);
  return (
    <article className={styles.call} data-kind={kind} aria-label={`${kind} ${title}`}>
      <header className={styles.head}>
        <h2>{title}</h2>
        <Tag>{kind}</Tag>
        {group.state === 'open' && <Tag tone="running">under way</Tag>}
        {(group.state === 'failed' || group.state === 'timedOut') && <Tag tone="failed">failed</Tag>}
        {group.attempt > 1 && <Tag tone="waiting">attempt {group.attempt}</Tag>}
        <span className={styles.numbers}>
          {(inputTokens !== undefined || outputTokens !== undefined) &&
            `${(inputTokens ?? 0).toLocaleString('en')} tokens in, ${(outputTokens ?? 0).toLocaleString('en')} out, `}
          {formatDuration(tookMs)}
        </span>
      </header>
      {parts.map(({ by, name, text }, index) => (
        <div key={index} className={styles.part} data-by={by}>
          <div className={styles.by}>
            {by === 'tool call' ? `asks for ${name ?? 'a tool'}` : by === 'user' ? 'asked' : 'says'}
          </div>
          <div className={styles.text}>{text}</div>
        </div>
      ))}
      {group.failure !== undefined && (
        <>
          {group.state === 'done' && <p className={styles.by}>The attempt before failed:</p>}
          <FailureView failure={group.failure} />
        </>
      )}
      <details open={kind === 'tool'}>
        <summary>{kind === 'tool' ? 'Arguments and result' : 'All that went in and out'}</summary>
        <div className={styles.payloads}>
          <PayloadsView payloads={call.input} label="arguments" none="no arguments" />
          <PayloadsView payloads={call.result} label="result" none="no result yet" />
        </div>
      </details>
    </article>
  );
}
