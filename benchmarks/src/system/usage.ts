import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** What the operating system has booked for a process and its descendants; undefined where it does not tell (it needs /proc). */
export interface Usage {
  /** User and system time of all threads so far, to about 10 ms. */
  readonly cpuMs: number;
  /** Memory in use now. What the processes share is counted once. */
  readonly residentBytes: number;
}

/** Fields of /proc/<pid>/stat behind the program's name, from 0. Linux: proc_pid_stat(5). */
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;
/** The same of children that have ended and were waited for. */
const ENDED_USER_TICKS = 13;
const ENDED_SYSTEM_TICKS = 14;

let ticksPerSecond: number | undefined;

/** Reads the usage of a running process and its descendants. */
export function usageOf(pid: number): Usage | undefined {
  try {
    ticksPerSecond ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
    const all = familyOf(pid);
    const ticks = all.map((member) => sum(statOf(member, USER_TICKS, SYSTEM_TICKS)));
    const ended = sum(statOf(pid, ENDED_USER_TICKS, ENDED_SYSTEM_TICKS));
    return { cpuMs: ((sum(ticks) + ended) * 1_000) / ticksPerSecond, residentBytes: residentBytesOf(all) };
  } catch {
    return undefined;
  }
}

function familyOf(pid: number): number[] {
  const threads = readdirSync(`/proc/${pid}/task`);
  const children = threads.flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(familyOf)];
}

function statOf(pid: number, ...fields: readonly number[]): number[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const values = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.map((field) => Number(values[field]));
}

/** Each process has its own anonymous memory; files and shared memory are much the same in all of them. */
function residentBytesOf(pids: readonly number[]): number {
  const statuses = pids.map((pid) => readFileSync(`/proc/${pid}/status`, 'utf8'));
  const kilobytes = (field: string): number[] =>
    statuses.map((status) => Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1] ?? Number.NaN));
  const shared = Math.max(...kilobytes('RssFile')) + Math.max(...kilobytes('RssShmem'));
  return (sum(kilobytes('RssAnon')) + shared) * 1_024;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** CPU that processes and their descendants use from now until it is asked for, in milliseconds; undefined where it is not known. */
export function cpuMeter(pids: readonly number[]): () => number | undefined {
  const total = (): number | undefined => {
    const used = pids.map((pid) => usageOf(pid)?.cpuMs);
    return used.every((cpuMs) => cpuMs !== undefined) ? sum(used) : undefined;
  };
  const before = total();
  return () => {
    const after = total();
    return before === undefined || after === undefined ? undefined : after - before;
  };
}
