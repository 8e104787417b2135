import type { SystemView } from '../../../components/list/view-bar.tsx';
import { viewStore } from '../../../components/list/views.ts';
import type { Attribute } from '../../../lib/query/attributes.ts';
import type { Operator } from '../../../lib/query/filters.ts';

export const workerViews = viewStore('workerViews');

/** Views that every namespace has. Servers forget a worker that says it has shut down. */
export const systemViews: readonly SystemView[] = [
  { name: 'All', query: '' },
  { name: 'Running', query: 'WorkerStatus = "Running"' },
  { name: 'Shutting down', query: 'WorkerStatus = "ShuttingDown"' },
  { name: 'Silent', query: 'HeartbeatTime < now - 150s' },
];

const exact: readonly Operator[] = ['=', '!='];
const texts: readonly Operator[] = [...exact, 'STARTS_WITH', 'NOT STARTS_WITH', 'IS NULL', 'IS NOT NULL'];

/** What servers know of workers; no IN. */
export const workerAttributes: readonly Attribute[] = [
  {
    name: 'WorkerStatus',
    kind: 'Keyword',
    isCustom: false,
    choices: ['Running', 'ShuttingDown'],
    operators: exact,
  },
  ...[
    'WorkerIdentity',
    'TaskQueue',
    'HostName',
    'DeploymentName',
    'BuildId',
    'SdkName',
    'SdkVersion',
    'WorkerInstanceKey',
  ].map((name): Attribute => ({ name, kind: 'Keyword', isCustom: false, operators: texts })),
  { name: 'StartTime', kind: 'Datetime', isCustom: false },
  { name: 'HeartbeatTime', kind: 'Datetime', isCustom: false },
];
