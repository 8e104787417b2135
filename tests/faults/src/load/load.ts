import { setTimeout as delay } from 'node:timers/promises';
import { digests, listRuns, readHistory, recorded } from '../check/runs.ts';
import type { Journal, StartRecord } from '../journal.ts';
import { playActivity, workOnActivities } from '../model/activity-worker.ts';
import type { ActivityManner, Program } from '../model/program.ts';
import { workOnWorkflows } from '../model/workflow-worker.ts';
import type { Random } from '../seed.ts';
import { Service } from '../service.ts';
import { endWorkflow, race, sendSignal, startAgain, startWithSignal, startWorkflow, type Caller } from './calls.ts';

const CLIENTS = 5;
const WORKFLOW_POLLERS = 6;
const ACTIVITY_POLLERS = 4;
/** Workers that died with their task, heartbeats that stopped and retries are all over by then. */
const SETTLE_MS = 90_000;

/** Clients and workers at work against one server, until told to come to an end. */
export class Load implements AsyncDisposable {
  readonly #address: string;
  readonly #journal: Journal;
  readonly #random: Random;
  readonly #service: Service;
  readonly #services: Service[] = [];
  readonly #ends = new AbortController();
  readonly #workersEnd = new AbortController();
  readonly #clients: Promise<void>[] = [];
  readonly #workers: Promise<void>[] = [];
  readonly #failure = Promise.withResolvers<never>();

  constructor(address: string, journal: Journal, random: Random) {
    this.#address = address;
    this.#journal = journal;
    this.#random = random;
    this.#service = this.#connect();
    this.#failure.promise.catch(() => undefined);
  }

  start(): void {
    const eager: Promise<void>[] = [];
    const parts = (name: string) => ({
      service: this.#service,
      journal: this.#journal,
      random: this.#random.fork(name),
      signal: this.#workersEnd.signal,
    });
    for (let index = 0; index < WORKFLOW_POLLERS; index += 1) {
      const own = parts(`workflow worker ${index}`);
      this.#workers.push(this.#guard(workOnWorkflows(own, (task) => eager.push(this.#guard(playActivity(own, task))))));
    }
    for (let index = 0; index < ACTIVITY_POLLERS; index += 1) {
      this.#workers.push(this.#guard(workOnActivities(parts(`activity worker ${index}`))));
    }
    for (let index = 0; index < CLIENTS; index += 1) {
      this.#clients.push(this.#guard(this.#beClient(index)));
    }
    this.#clients.push(this.#guard(this.#beReader()));
  }

  /** Settles after `delayMs`; rejects when the load has come to grief. */
  async runFor(delayMs: number): Promise<void> {
    await Promise.race([delay(delayMs), this.#failure.promise]);
  }

  /** Lets what is under way come to its end: no new workflows, every open one closes in time. Then the workers end. */
  async finish(settleMs = SETTLE_MS): Promise<void> {
    this.#ends.abort();
    await Promise.race([Promise.all(this.#clients), this.#failure.promise]);
    const deadline = Date.now() + settleMs;
    while ((await listRuns(this.#service, "ExecutionStatus = 'Running'")).length > 0 && Date.now() < deadline) {
      await this.runFor(50);
    }
    this.#workersEnd.abort();
    await Promise.race([Promise.all(this.#workers), this.#failure.promise]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ends.abort();
    this.#workersEnd.abort();
    await Promise.all(this.#services.map((service) => service.close()));
  }

  #guard(work: Promise<void>): Promise<void> {
    return work.catch((error: unknown) => {
      if (!this.#workersEnd.signal.aborted) this.#failure.reject(error);
    });
  }

  async #beClient(index: number): Promise<void> {
    const random = this.#random.fork(`client ${index}`);
    const caller: Caller = { service: this.#connect(), journal: this.#journal, random };
    for (let count = 0; !this.#ends.signal.aborted; count += 1) {
      await useWorkflow(caller, `${index}-${count}`);
      await delay(random.between(20, 120));
    }
  }

  #connect(): Service {
    const service = new Service(this.#address);
    this.#services.push(service);
    return service;
  }

  /** Reads histories at any moment: what it has seen must not change. */
  async #beReader(): Promise<void> {
    const random = this.#random.fork('reader');
    const { starts } = this.#journal;
    while (!this.#ends.signal.aborted) {
      await delay(random.between(5, 40));
      const start = starts[random.between(Math.max(0, starts.length - 20), starts.length)];
      if (start?.runId === undefined) continue;
      const { workflowId, runId } = start;
      const history = await readHistory(this.#service, workflowId, runId).catch((error: unknown) => {
        this.#journal.violations.push(`${workflowId}: the acknowledged run ${runId} is not there: ${String(error)}`);
      });
      if (history !== undefined) this.#journal.notePrefix(runId, digests(recorded(history)));
    }
  }
}

/** Starts one workflow of some kind and does with it what its kind is for. */
async function useWorkflow(caller: Caller, name: string): Promise<void> {
  const { random } = caller;
  const program = pickProgram(random, name);
  const workflowId = `${program.kind}-${name}`;
  if (program.kind === 'fan' && random.chance(0.3)) {
    await race(caller, `race-${name}`);
    return;
  }
  const start =
    program.kind === 'mailbox' && random.chance(0.5)
      ? await startWithSignal(caller, workflowId, program)
      : await startWorkflow(caller, workflowId, program);
  if (random.chance(0.15)) await startAgain(caller, start);
  await followUp(caller, start);
}

async function followUp(caller: Caller, { workflowId, program }: StartRecord): Promise<void> {
  const { random, journal } = caller;
  if (program.kind === 'mailbox') {
    const sent = journal.signals.filter((signal) => signal.workflowId === workflowId).length;
    for (let count = sent; count < program.signals; count += 1) await sendSignal(caller, workflowId);
  } else if (program.kind === 'chain') {
    for (let count = random.between(0, 3); count > 0; count -= 1) {
      await delay(random.between(0, 40));
      await sendSignal(caller, workflowId);
    }
  } else if (program.kind === 'wait') {
    await delay(random.between(0, 300));
    await endWorkflow(caller, workflowId, random.pick(['cancel', 'terminate']));
  }
}

const MANNERS: readonly [ActivityManner, ...ActivityManner[]] = ['plain', 'plain', 'plain', 'flaky', 'beat', 'outside'];

function pickProgram(random: Random, name: string): Program {
  const steps = (): Program => {
    const activities = Array.from({ length: random.between(1, 3) }, () => random.pick(MANNERS));
    return { kind: 'steps', activities };
  };
  const make = random.pick<() => Program>([
    steps,
    steps,
    () => ({ kind: 'fan', width: random.between(2, 12) }),
    () => ({ kind: 'sleep', timersMs: [random.between(1, 300), random.between(1, 1_500)] }),
    () => ({ kind: 'mailbox', signals: random.between(1, 5) }),
    () => ({ kind: 'parent', children: Array.from({ length: random.between(1, 3) }, (_, i) => `child-${name}-${i}`) }),
    () => ({ kind: 'chain', runsLeft: random.between(1, 3) }),
    () => ({ kind: 'wait' }),
  ]);
  return make();
}
