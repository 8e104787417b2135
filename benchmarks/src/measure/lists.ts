import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import protobuf from '@temporalio/proto';
import { seedStore, seedWorkflowId } from '../load/seed/seed-store.ts';
import { NAMESPACE } from '../load/temporal/wire.ts';
import type { ServerProcess } from '../system/server-process.ts';
import type { Figure, Measurement } from './figure.ts';
import type { Subject } from './subject.ts';

const LEAST = 20_000;
/** As the Web UI asks for. */
const PAGE_SIZE = 100;
const ASKED = 21;
const TARGET_MS = 5;

type Query = readonly [what: string, query: string];

/**
 * Pages of lists among many workflows, as a client sees them: the median of the first pages of each query. The store is
 * in a folder that is kept, and is taken as it is where there is one; undefined: a new one, which is removed.
 */
export function lists(full: number, keptFolder: string | undefined): Measurement {
  return {
    name: 'lists',
    async measure(subject) {
      const folder = keptFolder ?? subject.newFolder();
      if (!existsSync(join(folder, 'perdure.db'))) {
        await seed(subject, folder, subject.count(full, LEAST), undefined);
      }
      const { server, servingAfterMs } = await subject.start(folder);
      try {
        const connection = await Connection.connect({ address: server.address });
        const seeds = await find(connection);
        const figures: Figure[] = [
          { what: 'number', unit: 'count', value: seeds.count },
          { what: 'start to serving', unit: 'ms', value: servingAfterMs },
        ];
        for (const [what, query] of queries(seeds)) {
          figures.push({
            what: `page, ${what}`,
            unit: 'ms',
            value: await pageMs(connection, query),
            target: TARGET_MS,
          });
        }
        await connection.close();
        return figures.map((figure) => ({ ...figure, what: `lists: ${figure.what}` }));
      } finally {
        await server.stop();
      }
    },
  };
}

/** What queries name of the seeds. */
interface Seeds {
  readonly count: number;
  readonly firstMs: number;
  /** Of the first two, which have children: all along, and among the oldest. */
  readonly runIds: readonly string[];
}

async function find({ workflowService }: Connection): Promise<Seeds> {
  const { count } = await workflowService.countWorkflowExecutions({ namespace: NAMESPACE });
  const first = [0, 1].map(async (index) => {
    const query = `WorkflowId = '${seedWorkflowId(index)}'`;
    const { executions } = await workflowService.listWorkflowExecutions({ namespace: NAMESPACE, query });
    return executions[0];
  });
  const [one, two] = await Promise.all(first);
  const firstMs = Number(one?.startTime?.seconds ?? 0) * 1_000;
  return { count: Number(count), firstMs, runIds: [one, two].map((each) => each?.execution?.runId ?? '') };
}

function queries({ count, firstMs, runIds: [all, old] }: Seeds): readonly Query[] {
  const at = (share: number): string => new Date(firstMs + count * share * 1_000).toISOString();
  const idOf = (share: number): string => seedWorkflowId(Math.floor(count * share));
  return [
    ['default order', ''],
    ['of a type', "WorkflowType = 'Type3'"],
    ['failed', "ExecutionStatus = 'Failed'"],
    ['running', "ExecutionStatus = 'Running'"],
    ['of an id', `WorkflowId = '${idOf(0.5)}'`],
    ['of ids that begin alike, some of all', "WorkflowId STARTS_WITH 'ap-'"],
    ['of ids that begin alike, the oldest', `WorkflowId STARTS_WITH '${idOf(0).slice(0, -5)}'`],
    ['of ids beyond one', `WorkflowId > '${idOf(0.999)}'`],
    ['of a root, some of all', `RootWorkflowId = '${seedWorkflowId(0)}'`],
    ['of a root, the oldest', `RootWorkflowId = '${seedWorkflowId(1)}'`],
    ["of a root's run, some of all", `RootRunId = '${all}'`],
    ["of a root's run, the oldest", `RootRunId = '${old}'`],
    ["of a parent's run, the oldest", `ParentRunId = '${old}'`],
    ['closed in a range', `CloseTime BETWEEN '${at(0.4)}' AND '${at(0.5)}'`],
    ['started in a range', `StartTime BETWEEN '${at(0.4)}' AND '${at(0.5)}'`],
    ['started after', `StartTime > '${at(0.5)}'`],
    ['of an attribute', "Region = 'eu'"],
    ['of a rare attribute', 'Amount = 777'],
    ['of a range of an attribute', 'Amount > 990'],
    ['of half of an attribute', 'Amount < 500'],
    [
      'with one of two problems',
      "TemporalReportedProblems IN ('category=WorkflowTaskFailed', 'category=WorkflowTaskTimedOut')",
    ],
    ['running, of a type', "ExecutionStatus = 'Running' AND WorkflowType = 'Type0'"],
    ['failed, of an attribute', "ExecutionStatus = 'Failed' AND Region = 'us'"],
  ];
}

/** Median milliseconds of a first page. */
async function pageMs(connection: Connection, query: string): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < ASKED; index++) {
    const startedAtMs = performance.now();
    await connection.workflowService.listWorkflowExecutions({ namespace: NAMESPACE, query, pageSize: PAGE_SIZE });
    times.push(performance.now() - startedAtMs);
  }
  return times.sort((a, b) => a - b)[Math.floor(ASKED / 2)] ?? NaN;
}

const { INDEXED_VALUE_TYPE_INT, INDEXED_VALUE_TYPE_KEYWORD } = protobuf.temporal.api.enums.v1.IndexedValueType;

/** Lets a server make its store in a folder, and fills it then. */
export async function seed(
  subject: Subject,
  folder: string,
  count: number,
  removeAtMs: number | undefined,
): Promise<void> {
  const { server } = await subject.start(folder);
  const namespaceId = await prepare(server).finally(() => server.stop());
  await seedStore({ folder, namespaceId, count, removeAtMs });
}

/** Adds the search attributes of the seeds. Gives the id of the namespace. */
async function prepare({ address }: ServerProcess): Promise<string> {
  const connection = await Connection.connect({ address });
  const searchAttributes = { Region: INDEXED_VALUE_TYPE_KEYWORD, Amount: INDEXED_VALUE_TYPE_INT };
  await connection.operatorService.addSearchAttributes({ namespace: NAMESPACE, searchAttributes });
  const { namespaceInfo } = await connection.workflowService.describeNamespace({ namespace: NAMESPACE });
  await connection.close();
  return namespaceInfo?.id ?? '';
}
