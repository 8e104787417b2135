import type { WorkflowExecutionInfo } from '@perdure/proto/json-types';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, type SyntheticEvent, useMemo, useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { Checkbox, Field, Input, Select } from '../../../components/field.tsx';
import { stateNames } from '../../../components/history/group-state.ts';
import { KindIcon } from '../../../components/history/kind-icon.tsx';
import { Page, Panel } from '../../../components/page.tsx';
import { Empty, Failure, Loading } from '../../../components/states.tsx';
import { Elapsed } from '../../../components/time.tsx';
import { statusName, WorkflowStatus } from '../../../components/workflow-status.tsx';
import type { EventGroup } from '../../../lib/history/groups.ts';
import { useHistory } from '../../../lib/history/use-history.ts';
import { usePreferences } from '../../../lib/preferences.ts';
import { formatDuration, formatTime, instantMs } from '../../../lib/time.ts';
import { describeQuery, runsQuery } from '../api.ts';
import { alignGroups, type Pair, stepText } from './align.ts';
import styles from './compare.module.css';

const route = getRouteApi('/namespaces/$namespace/compare');

/** Two runs side by side, step by step: where they part, and what each was given and gave. */
export function ComparePage(): ReactNode {
  const { leftId = '', rightId = '', leftRun = '', rightRun = '' } = route.useSearch();
  return (
    <Page title="Compare two runs" lead="Steps of the same kind and name face each other; times and ids are left out.">
      <div className={styles.sides}>
        <RunChoice side="left" workflowId={leftId} runId={leftRun} />
        <RunChoice side="right" workflowId={rightId} runId={rightRun} />
      </div>
      {leftId === '' || rightId === '' ? (
        <Empty title="Choose two runs">
          Two runs of one workflow ID, or of two that should have gone the same way.
        </Empty>
      ) : (
        <Comparison key={`${leftId}${leftRun}${rightId}${rightRun}`} />
      )}
    </Page>
  );
}

interface RunChoiceProps {
  readonly side: 'left' | 'right';
  readonly workflowId: string;
  readonly runId: string;
}

function RunChoice({ side, workflowId, runId }: RunChoiceProps): ReactNode {
  const { namespace } = route.useParams();
  const navigate = route.useNavigate();
  const preferences = usePreferences();
  const { data } = useQuery({ ...runsQuery(namespace, workflowId), enabled: workflowId !== '' });
  const choose = (id: string, run: string): void =>
    void navigate({
      search: (old) => ({ ...old, [`${side}Id`]: id || undefined, [`${side}Run`]: run || undefined }),
      replace: true,
    });
  const submit = (event: SyntheticEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const id = new FormData(event.currentTarget).get('id');
    if (typeof id === 'string') choose(id.trim(), '');
  };
  const runs = (data?.executions ?? []).map(
    ({ execution, startTime, status }) =>
      [
        execution?.runId ?? '',
        `${formatTime(instantMs(startTime) ?? 0, preferences)}, ${statusName(status).toLowerCase()}`,
      ] as const,
  );
  return (
    <form className={styles.choice} onSubmit={submit}>
      <Field label={side === 'left' ? 'This run' : 'With this run'}>
        {(control) => (
          <Input key={workflowId} {...control} name="id" defaultValue={workflowId} placeholder="Workflow ID" />
        )}
      </Field>
      <Select
        aria-label="Run"
        options={[['', 'Latest run'], ...runs]}
        value={runId}
        onChange={(event) => choose(workflowId, event.target.value)}
      />
      <Button type="submit">Show</Button>
    </form>
  );
}

function useSide(workflowId: string, runId: string) {
  const { namespace } = route.useParams();
  const described = useQuery({ ...describeQuery({ namespace, workflowId, runId }), refetchInterval: false });
  const info = described.data?.workflowExecutionInfo;
  return { namespace, info, error: described.error, refetch: described.refetch };
}

function Comparison(): ReactNode {
  const { leftId = '', rightId = '', leftRun = '', rightRun = '' } = route.useSearch();
  const left = useSide(leftId, leftRun);
  const right = useSide(rightId, rightRun);
  const error = left.error ?? right.error;
  const readAgain = (): void => {
    void left.refetch();
    void right.refetch();
  };
  if (error !== null) return <Failure error={error} onRetry={readAgain} />;
  if (left.info === undefined || right.info === undefined) return <Loading>Reading the runs</Loading>;
  return <Steps namespace={left.namespace} left={left.info} right={right.info} />;
}

interface StepsProps {
  readonly namespace: string;
  readonly left: WorkflowExecutionInfo;
  readonly right: WorkflowExecutionInfo;
}

function Steps({ namespace, left, right }: StepsProps): ReactNode {
  const [isOnlyDifferent, setIsOnlyDifferent] = useState(false);
  const leftHistory = useHistory(namespace, left.execution?.workflowId ?? '', left.execution?.runId ?? '');
  const rightHistory = useHistory(namespace, right.execution?.workflowId ?? '', right.execution?.runId ?? '');
  const [leftGroups, rightGroups] = [leftHistory.groups, rightHistory.groups];
  const pairs = useMemo(() => alignGroups(leftGroups, rightGroups), [leftGroups, rightGroups]);
  const shown = isOnlyDifferent ? pairs.filter(({ difference }) => difference !== 'same') : pairs;
  const count = pairs.filter(({ difference }) => difference !== 'same').length;
  return (
    <>
      <div className={styles.bar}>
        <span role="status">
          {count === 0 ? 'Both went the same way.' : `${count} of ${pairs.length} steps differ.`}
        </span>
        <Checkbox
          label="Only what differs"
          checked={isOnlyDifferent}
          onChange={() => setIsOnlyDifferent(!isOnlyDifferent)}
        />
      </div>
      <Panel isFlush>
        <div className={styles.pair}>
          <RunHead namespace={namespace} info={left} />
          <RunHead namespace={namespace} info={right} />
        </div>
        {shown.map((pair) => (
          <PairRow key={`${pair.left?.id ?? ''}:${pair.right?.id ?? ''}`} pair={pair} />
        ))}
      </Panel>
    </>
  );
}

function RunHead({ namespace, info }: { readonly namespace: string; readonly info: WorkflowExecutionInfo }): ReactNode {
  const { workflowId = '', runId = '' } = info.execution ?? {};
  return (
    <div className={styles.runHead}>
      <Link to="/namespaces/$namespace/workflows/$workflowId/$runId/{-$tab}" params={{ namespace, workflowId, runId }}>
        {workflowId}
      </Link>
      <WorkflowStatus status={info.status} />
      <Elapsed from={info.startTime} to={info.closeTime} />
    </div>
  );
}

function PairRow({ pair }: { readonly pair: Pair }): ReactNode {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className={styles.row}
        data-difference={pair.difference}
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        <Step group={pair.left} />
        <Step group={pair.right} />
      </button>
      {isOpen && (
        <div className={styles.pair}>
          <Values group={pair.left} other={pair.right} />
          <Values group={pair.right} other={pair.left} />
        </div>
      )}
    </>
  );
}

function Step({ group }: { readonly group: EventGroup | undefined }): ReactNode {
  if (group === undefined) return <span className={styles.none}>not taken</span>;
  const took = group.endMs === undefined ? '' : formatDuration(group.endMs - group.startMs);
  return (
    <span className={styles.step}>
      <KindIcon kind={group.kind} />
      <span className={styles.name}>{group.name}</span>
      <span className={styles.note}>{[stateNames[group.state], took].filter(Boolean).join(', ')}</span>
    </span>
  );
}

/** The values of a step; lines that the other one lacks are marked. */
function Values({
  group,
  other,
}: {
  readonly group: EventGroup | undefined;
  readonly other: EventGroup | undefined;
}): ReactNode {
  if (group === undefined) return <div />;
  const known = new Set((other === undefined ? '' : stepText(other)).split('\n'));
  const lines = stepText(group).split('\n').slice(0, 400);
  return (
    <pre className={styles.values}>
      {lines.map((line, index) => (
        <span key={index} data-different={!known.has(line)}>
          {line}
          {'\n'}
        </span>
      ))}
    </pre>
  );
}
