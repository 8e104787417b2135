import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What the operating system has booked for a process so far; undefined where it does not tell (it needs /proc). */
export interface Usage {
  /** User and system time of all its threads, to about 10 ms. */
  readonly cpuMs: number;
  /** Memory in use now. */
  readonly residentBytes: number;
}

/** Fields of /proc/<pid>/stat behind the program's name, from 0. Linux: proc_pid_stat(5). */
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;

let ticksPerSecond: number | undefined;

/** Reads the usage of a running process. */
export function usageOf(pid: number): Usage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    ticksPerSecond ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
    return {
      cpuMs: ((Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS])) * 1_000) / ticksPerSecond,
      residentBytes: Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1_024,
    };
  } catch {
    return undefined;
  }
}

/** CPU that processes use from now until it is asked for, in milliseconds; undefined where it is not known. */
export function cpuMeter(pids: readonly number[]): () => number | undefined {
  const total = (): number | undefined => {
    const used = pids.map((pid) => usageOf(pid)?.cpuMs);
    return used.every((cpuMs) => cpuMs !== undefined) ? used.reduce((sum, cpuMs) => sum + cpuMs, 0) : undefined;
  };
  const before = total();
  return () => {
    const after = total();
    return before === undefined || after === undefined ? undefined : after - before;
  };
}
