import {
  datetimeFromNanos,
  enumName,
  isRejection,
  nodeType,
  parseDatetime,
  parseQuery,
  printExpression,
  reject,
  type BetweenExpression,
  type CompareExpression,
  type Expression,
  type IsExpression,
  type Rejection,
} from '@perdure/core';
import { WorkerStatus } from '@perdure/proto/enums';
import type { Timestamp, WorkerHeartbeat } from '@perdure/proto/types';

export type WorkerPredicate = (worker: WorkerHeartbeat) => boolean;

const statusOf = ({ status }: WorkerHeartbeat): string => enumName(WorkerStatus, status ?? WorkerStatus.Unspecified);

/** Texts that a query may ask for. Temporal: service/matching/workers/worker_query_engine.go. */
const TEXTS: Readonly<Record<string, (worker: WorkerHeartbeat) => string>> = {
  WorkerInstanceKey: (worker) => worker.workerInstanceKey ?? '',
  WorkerIdentity: (worker) => worker.workerIdentity ?? '',
  HostName: (worker) => worker.hostInfo?.hostName ?? '',
  TaskQueue: (worker) => worker.taskQueue ?? '',
  DeploymentName: (worker) => worker.deploymentVersion?.deploymentName ?? '',
  BuildId: (worker) => worker.deploymentVersion?.buildId ?? '',
  SdkName: (worker) => worker.sdkName ?? '',
  SdkVersion: (worker) => worker.sdkVersion ?? '',
  WorkerStatus: statusOf,
  status: statusOf,
};

/** Instants that a query may ask for. */
const TIMES: Readonly<Record<string, (worker: WorkerHeartbeat) => Timestamp | undefined>> = {
  StartTime: (worker) => worker.startTime,
  HeartbeatTime: (worker) => worker.heartbeatTime,
};

/**
 * A condition over workers, such as `TaskQueue = 'orders' AND HeartbeatTime > '2026-01-02T03:04:05Z'`; empty: all. What
 * it cannot mean is refused, where Temporal finds no worker.
 */
export function compileWorkerQuery(query: string): WorkerPredicate | Rejection {
  if (query.trim() === '') return () => true;
  const parsed = parseQuery(query, (detail) => reject.invalidArgument(`malformed query: ${detail}`));
  if (isRejection(parsed)) return parsed;
  if (parsed.hasLimit) return notSupported("'limit' clause");
  return parsed.where === undefined ? notSupported("'where' clause is missing") : compile(parsed.where);
}

function compile(expression: Expression): WorkerPredicate | Rejection {
  switch (expression.kind) {
    case 'and':
    case 'or': {
      const parts: WorkerPredicate[] = [];
      for (const operand of expression.operands) {
        const part = compile(operand);
        if (isRejection(part)) return part;
        parts.push(part);
      }
      const all = expression.kind === 'and';
      return (worker) => (all ? parts.every((part) => part(worker)) : parts.some((part) => part(worker)));
    }
    case 'paren':
      return compile(expression.operand);
    case 'compare':
      return compileComparison(expression);
    case 'between':
      return compileBetween(expression);
    case 'is':
      return compileIs(expression);
    case 'not':
      return notSupported("'not' expression");
    case 'call':
      return notSupported('function expression');
    case 'name':
      return reject.invalidArgument('incomplete expression');
    default:
      return notSupported(`expression of type ${nodeType(expression)}`);
  }
}

/** `Status` is a word of SQL, which knows no case. */
function nameOf(name: string): string {
  return name.toLowerCase() === 'status' ? 'status' : name;
}

function compileComparison({ left, right, operator }: CompareExpression): WorkerPredicate | Rejection {
  if (left.kind !== 'name') return reject.invalidArgument(`invalid filter name: ${printExpression(left)}`);
  if (right.kind !== 'string' && right.kind !== 'number') {
    return reject.invalidArgument(`invalid value: ${printExpression(right)}`);
  }
  const name = nameOf(left.name);
  const text = TEXTS[name];
  if (text !== undefined) {
    if (right.kind !== 'string') return wrongValue(name, `value ${right.text} is not a string value`);
    return compileText(name, text, operator, right.value);
  }
  const time = TIMES[name];
  if (time === undefined) return unknownField(name);
  const wantedMs = instantOf(right);
  if (typeof wantedMs === 'string') return wrongValue(name, wantedMs);
  return compileTime(time, operator, wantedMs);
}

function compileText(
  name: string,
  text: (worker: WorkerHeartbeat) => string,
  operator: CompareExpression['operator'],
  wanted: string,
): WorkerPredicate | Rejection {
  if (wanted === '') return reject.invalidArgument(`${name} cannot be empty`);
  switch (operator) {
    case '=':
      return (worker) => text(worker) === wanted;
    case '!=':
      return (worker) => text(worker) !== wanted;
    case 'starts_with':
      return (worker) => text(worker).startsWith(wanted);
    case 'not starts_with':
      return (worker) => !text(worker).startsWith(wanted);
    default:
      return reject.invalidArgument(`invalid expression: operation ${operator} is not supported for ${name} column`);
  }
}

/** A worker that names no time is taken for one of 1970, as Temporal does. */
function compileTime(
  time: (worker: WorkerHeartbeat) => Timestamp | undefined,
  operator: CompareExpression['operator'],
  wantedMs: number,
): WorkerPredicate | Rejection {
  const at = (worker: WorkerHeartbeat): number => preciseMs(time(worker) ?? {});
  switch (operator) {
    case '=':
      return (worker) => at(worker) === wantedMs;
    case '!=':
      return (worker) => at(worker) !== wantedMs;
    case '<':
      return (worker) => at(worker) < wantedMs;
    case '<=':
      return (worker) => at(worker) <= wantedMs;
    case '>':
      return (worker) => at(worker) > wantedMs;
    case '>=':
      return (worker) => at(worker) >= wantedMs;
    default:
      return reject.invalidArgument(`invalid expression: operation ${operator} is not supported`);
  }
}

function compileBetween({ left, from, to, negated }: BetweenExpression): WorkerPredicate | Rejection {
  const name = left.kind === 'name' ? nameOf(left.name) : printExpression(left);
  const time = left.kind === 'name' ? TIMES[name] : undefined;
  if (time === undefined) return reject.invalidArgument(`unknown or unsupported column name: ${name}`);
  const fromMs = instantOf(from);
  if (typeof fromMs === 'string') return reject.invalidArgument(fromMs);
  const toMs = instantOf(to);
  if (typeof toMs === 'string') return reject.invalidArgument(toMs);
  return (worker) => {
    const at = time(worker);
    if (at === undefined) return false;
    const atMs = preciseMs(at);
    return (atMs >= fromMs && atMs <= toMs) !== negated;
  };
}

function compileIs({ operand, test, negated }: IsExpression): WorkerPredicate | Rejection {
  if (operand.kind !== 'name') return reject.invalidArgument(`invalid filter name: ${printExpression(operand)}`);
  if (test !== 'null') {
    const operator = `is ${negated ? 'not ' : ''}${test}`;
    return notSupported(`'is' operator "${operator}" is not supported; only IS NULL and IS NOT NULL are supported`);
  }
  const name = nameOf(operand.name);
  const text = TEXTS[name];
  if (text !== undefined) return (worker) => (text(worker) === '') !== negated;
  const time = TIMES[name];
  return time === undefined ? unknownField(name) : (worker) => (time(worker) === undefined) !== negated;
}

/** The instant of a literal: RFC 3339, or nanoseconds since the epoch. A text: what is wrong with it. */
function instantOf(expression: Expression): number | string {
  if (expression.kind === 'number' && /^-?\d{1,19}$/.test(expression.text)) return datetimeFromNanos(expression.text);
  if (expression.kind !== 'string') return `value ${printExpression(expression)} is not a string value`;
  const { value } = expression;
  const layout = '2006-01-02T15:04:05Z07:00';
  return parseDatetime(value) ?? `parsing time "${value}" as "${layout}": cannot parse "${value}" as "2006"`;
}

/** Milliseconds with as much of a fraction as queries can name: microseconds. */
function preciseMs({ seconds = 0, nanos = 0 }: Timestamp): number {
  return seconds * 1_000 + Math.floor(nanos / 1_000) / 1_000;
}

function notSupported(detail: string): Rejection {
  return reject.invalidArgument(`operation is not supported: ${detail}`);
}

function wrongValue(name: string, problem: string): Rejection {
  return reject.invalidArgument(`invalid value for ${name}: ${problem}`);
}

function unknownField(name: string): Rejection {
  return reject.invalidArgument(`unknown or unsupported worker heartbeat search field: ${name}`);
}
