import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { FailureView } from '../../../components/history/failure-view.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Facts, Panel, Stack, Tag } from '../../../components/page.tsx';
import { PayloadsView } from '../../../components/payload-view.tsx';
import { Empty } from '../../../components/states.tsx';
import { useDecodedAll } from '../../../lib/codec.ts';
import { useStored } from '../../../lib/preferences.ts';
import { priceSettings } from '../../../lib/price-settings.ts';
import { costOf, formatMoney, type Prices } from '../../../lib/prices.ts';
import { formatDuration } from '../../../lib/time.ts';
import { useNow } from '../../../lib/use-now.ts';
import { type AiCall, aiCallsOf, payloadsOfCalls, totalUsage } from '../ai/ai-calls.ts';
import type { AiPart } from '../ai/shapes.ts';
import type { WorkflowView } from '../use-workflow.ts';
import styles from './ai-tab.module.css';

/** A run that asks models: the conversation, the tools, tokens, cost, attempts and latency of each call. */
export function AiTab({ view }: { readonly view: WorkflowView }): ReactNode {
  const payloads = useMemo(() => payloadsOfCalls(view.groups), [view.groups]);
  const { decoded, isDecoding, error } = useDecodedAll(payloads);
  const calls = aiCallsOf(view.groups, decoded);
  const prices = useStored(priceSettings);
  if (calls.length === 0) return <Empty title="No calls to models">No activity of this run asks a model.</Empty>;
  const { input, cached, output } = totalUsage(calls);
  const models = calls.filter(({ kind }) => kind === 'model');
  const retried = calls.reduce((sum, { group }) => sum + Math.max(0, group.attempt - 1), 0);
  return (
    <Stack className={styles.calls}>
      {error !== undefined && <Notice tone="failed">The codec server failed: {error}</Notice>}
      {isDecoding && <Notice tone="quiet">The codec server is asked what was said.</Notice>}
      <Panel>
        <Facts
          facts={[
            ['Calls to models', models.length],
            ['Calls of tools', calls.length - models.length],
            ['Tokens in', input.toLocaleString('en')],
            ['Of them from a cache', cached > 0 ? cached.toLocaleString('en') : undefined],
            ['Tokens out', output.toLocaleString('en')],
            ['Retries', retried],
            ['Cost', <TotalCost key="cost" models={models} prices={prices} />],
          ]}
        />
      </Panel>
      <ol className={styles.list}>
        {calls.map((call) => (
          <li key={call.group.id}>
            <Call call={call} prices={prices} />
          </li>
        ))}
      </ol>
    </Stack>
  );
}

interface TotalCostProps {
  readonly models: readonly AiCall[];
  readonly prices: Prices;
}

/** What is known of a run's cost, and what is not. */
function TotalCost({ models, prices }: TotalCostProps): ReactNode {
  const ended = models.filter(({ usage }) => usage.input !== undefined || usage.output !== undefined);
  const costs = ended.map(({ title, usage }) => costOf(title, usage, prices));
  const known = costs.filter((cost) => cost !== undefined);
  const sum = known.reduce((total, cost) => total + cost, 0);
  const unknown = ended.filter((_, index) => costs[index] === undefined);
  const names = [...new Set(unknown.map(({ title }) => title))].join(', ');
  return (
    <>
      {known.length > 0 && formatMoney(sum, prices.currency)}
      {unknown.length > 0 && (
        <>
          {known.length > 0 && ', and '}
          <Link to="/settings" hash="prices">
            no price set
          </Link>{' '}
          for {names}
        </>
      )}
      {ended.length === 0 && 'no tokens counted yet'}
    </>
  );
}

function Call({ call, prices }: { readonly call: AiCall; readonly prices: Prices }): ReactNode {
  const { group, kind, title, parts } = call;
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
        <span className={styles.numbers}>{[...spent(call, prices), formatDuration(tookMs)].join(', ')}</span>
      </header>
      {parts.map(({ by, name, text }, index) => (
        <div key={index} className={styles.part} data-by={by}>
          <div className={styles.by}>{byWords[by](name ?? 'a tool')}</div>
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

const byWords: Readonly<Record<AiPart['by'], (tool: string) => string>> = {
  user: () => 'asked',
  reasoning: () => 'thinks',
  model: () => 'says',
  'tool call': (tool) => `asks for ${tool}`,
  'tool result': (tool) => `${tool} gave`,
};

/** Tokens and money of a call to a model. */
function spent({ kind, title, usage }: AiCall, prices: Prices): readonly string[] {
  const { input, cached = 0, output } = usage;
  if (kind !== 'model' || (input === undefined && output === undefined)) return [];
  const cost = costOf(title, usage, prices);
  return [
    `${(input ?? 0).toLocaleString('en')} tokens in${cached > 0 ? ` (${cached.toLocaleString('en')} from a cache)` : ''}`,
    `${(output ?? 0).toLocaleString('en')} out`,
    cost === undefined ? 'no price set' : formatMoney(cost, prices.currency),
  ];
}
