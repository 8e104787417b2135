import { Violation } from './kernel/violation.ts';
import { Simulation, type SimulationOptions } from './simulation.ts';

/** How one run ended. */
export interface Result {
  readonly seed: number;
  /** Undefined where every invariant held. */
  readonly failure: Failure | undefined;
  readonly steps: number;
  readonly virtualMs: number;
  readonly runs: number;
  readonly commits: number;
  readonly crashes: number;
  /** Runs in the memory of servers that died, each compared with its log. */
  readonly compared: number;
  /** Of all that happened; equal for equal runs. */
  readonly traceHash: string;
}

export interface Failure {
  /** The number of the violated invariant; 0 for an exception that nobody expected. */
  readonly invariant: number;
  readonly message: string;
  readonly lastSteps: readonly string[];
}

/** Runs one seed. Exceptions that the server throws into the void count as failures too. */
export function simulate(options: SimulationOptions): Promise<Result> {
  return runToEnd(new Simulation(options), options.seed);
}

/** Runs a world that was made before, for callers who want to look at it in the end. */
export async function runToEnd(simulation: Simulation, seed: number): Promise<Result> {
  const { scheduler, trace, log, disk, supervisor } = simulation;
  const unhandled = (error: unknown): void => scheduler.fail(error);
  process.on('unhandledRejection', unhandled);
  let failure: Failure | undefined;
  try {
    await simulation.run();
  } catch (error) {
    const invariant = error instanceof Violation ? error.invariant : 0;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const message = error instanceof Violation ? error.message : `[0] ${text}`;
    failure = { invariant, message, lastSteps: trace.lastSteps };
  } finally {
    process.off('unhandledRejection', unhandled);
  }
  return {
    seed,
    failure,
    steps: scheduler.steps,
    virtualMs: scheduler.nowMs,
    runs: log.runCount,
    commits: disk.commits,
    crashes: supervisor.crashes,
    compared: supervisor.compared,
    traceHash: trace.hash,
  };
}
