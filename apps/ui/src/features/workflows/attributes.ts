import type { ListSearchAttributesResponse } from '@perdure/proto/json-types';
import { type Attribute, listedAttributes } from '../../lib/query/attributes.ts';
import type { AttributeKind } from '../../lib/query/filters.ts';

const statusValues = [
  'Running',
  'Completed',
  'Failed',
  'Canceled',
  'Terminated',
  'ContinuedAsNew',
  'TimedOut',
  'Paused',
] as const;

/** What a list can be asked for on every server. */
const builtIn: readonly (readonly [string, AttributeKind])[] = [
  ['WorkflowId', 'Keyword'],
  ['WorkflowType', 'Keyword'],
  ['RunId', 'Keyword'],
  ['TaskQueue', 'Keyword'],
  ['StartTime', 'Datetime'],
  ['CloseTime', 'Datetime'],
  ['ExecutionTime', 'Datetime'],
  ['ExecutionDuration', 'Int'],
  ['HistoryLength', 'Int'],
  ['HistorySizeBytes', 'Int'],
  ['StateTransitionCount', 'Int'],
  ['ParentWorkflowId', 'Keyword'],
  ['RootWorkflowId', 'Keyword'],
];

/** Built-in attributes, then those of the namespace. */
export function workflowAttributes(listed: ListSearchAttributesResponse | undefined): readonly Attribute[] {
  const known: readonly Attribute[] = [
    { name: 'ExecutionStatus', kind: 'Keyword', isCustom: false, choices: statusValues },
    ...builtIn.map(([name, kind]) => ({ name, kind, isCustom: false })),
  ];
  const names = new Set(known.map(({ name }) => name));
  const more = [...listedAttributes(listed, 'custom'), ...listedAttributes(listed, 'system')];
  return [...known, ...more.filter(({ name }) => !names.has(name))];
}
