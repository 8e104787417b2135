import { Auditor } from './checkers/auditor.ts';
import { CallbackRules } from './checkers/callback-rules.ts';
import { DurableLog } from './checkers/durable-log.ts';
import { FamilyRules } from './checkers/family-rules.ts';
import { checkHistories, checkOverdue, describeUndone, isAllDone } from './checkers/final-rules.ts';
import { Heartbeats } from './checkers/heartbeats.ts';
import { JobRules } from './checkers/job-rules.ts';
import { Marks } from './checkers/marks.ts';
import { NamespaceRules } from './checkers/namespace-rules.ts';
import { RemovalRules } from './checkers/removal-rules.ts';
import { ReplyRules } from './checkers/reply-rules.ts';
import { nameOf } from './checkers/run-record.ts';
import { ScheduleRules } from './checkers/schedule-rules.ts';
import { SimDisk } from './disk/sim-disk.ts';
import { Gremlin } from './faults/gremlin.ts';
import { NO_FAULTS } from './faults/profile.ts';
import { WallClock } from './host/sim-host.ts';
import { Random } from './kernel/random.ts';
import { Scheduler } from './kernel/scheduler.ts';
import { Trace } from './kernel/trace.ts';
import { hold } from './kernel/violation.ts';
import { CallbackTarget } from './network/callback-target.ts';
import { Network } from './network/network.ts';
import { Supervisor } from './server/supervisor.ts';
import { makeSettings, type Settings } from './settings.ts';
import { Workload } from './workload/workload.ts';
import type { RegistryWrite, ShardBatch } from '@perdure/storage';
import type { Bug } from './bugs/bugs.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** How many steps clients and faults have before everything calms down. */
  readonly steps: number;
  /** Undefined: the seed decides. */
  readonly shardCount?: number | undefined;
  /** A deliberate bug. */
  readonly bug?: Bug | undefined;
  /** Takes each line of the trace. */
  readonly print?: ((line: string) => void) | undefined;
}

/** After the faults everything has to be done within this virtual time, and this number of steps. */
const CALM_MAX_MS = 6 * 3_600_000;
const CALM_STEPS_MAX = 200_000;

/** No phase with faults lasts longer than this virtual time. */
const STORM_MAX_MS = 120_000;

/** How often it is looked whether a deadline was missed, and by how much one may be. */
const LOOK_EVERY_MS = 60_000;
const LATE_MS = 30_000;

/** By how much a timer may be late where nothing goes wrong: a few reads of a disk that is not always quick. */
const LATE_UNDISTURBED_MS = 200;

/** How long a removal may take, with nothing in its way. */
const REMOVAL_MAX_MS = 4_000;

/** How long the server has, once all is done, to tidy up. */
const TIDY_MS = 8_000;

/** One world: server, disk, network, clients and workers, and those who watch them. */
export class Simulation {
  readonly scheduler = new Scheduler(0);
  readonly trace: Trace;
  readonly settings: Settings;
  readonly log: DurableLog;
  readonly disk: SimDisk;
  readonly supervisor: Supervisor;
  readonly workload: Workload;
  readonly #options: SimulationOptions;
  readonly #random: Random;
  readonly #clock: WallClock;
  readonly #network: Network;
  readonly #marks = new Marks();
  readonly #target: CallbackTarget;
  readonly #family: FamilyRules;
  readonly #callbacks: CallbackRules;
  readonly #schedules: ScheduleRules;
  readonly #jobs: JobRules;
  readonly #namespaces: NamespaceRules;
  readonly #namespaceIds = new Map<string, string>();
  #nextLookMs = Infinity;

  constructor(options: SimulationOptions) {
    this.#options = options;
    const { scheduler } = this;
    const random = new Random(options.seed);
    this.#random = random;
    this.trace = new Trace(options.print);
    this.settings = makeSettings(random.fork('settings'), options.shardCount);
    this.#clock = new WallClock(scheduler, this.settings.faults.clockJumps);
    this.#network = new Network(scheduler, random.fork('network'), this.trace, this.#clock);
    this.#namespaces = new NamespaceRules(() => scheduler.nowMs);
    this.log = this.#makeLog();
    this.#family = new FamilyRules(this.log);
    this.#callbacks = new CallbackRules({
      runs: this.log,
      latestMs: () => this.#clock.latestMs,
      waitMaxMs: this.settings.config.limits('').callbackRetryMaximumMs,
    });
    this.#target = this.#makeTarget(random.fork('target'));
    this.#schedules = new ScheduleRules(this.log, this.#clock);
    this.#jobs = new JobRules(this.log, (namespaceId) => this.#namespaces.isLeaving(namespaceId));
    this.disk = this.#makeDisk();
    this.supervisor = this.#makeSupervisor();
    const stage = { scheduler, network: this.#network, random };
    const isDeleted = (name: string): boolean => this.#namespaces.isDeleted(name);
    this.workload = new Workload(stage, this.settings, new Heartbeats(), this.#callbacks, isDeleted);
  }

  /** Runs it to its end. Rejects with the violation that ended it. */
  async run(): Promise<void> {
    const { scheduler, supervisor, workload } = this;
    const { faults } = this.settings;
    this.#network.tap = new ReplyRules({
      log: this.log,
      schedules: this.#schedules,
      marks: this.#marks,
      namespaceIds: this.#namespaceIds,
      fail: (error) => scheduler.fail(error),
    });
    supervisor.start();
    await scheduler.run(() => supervisor.server !== undefined);
    this.disk.faults = faults.disk;
    this.#network.faults = faults.network;
    this.#makeGremlin().start();
    workload.start();
    const { steps } = this.#options;
    await scheduler.run(() => scheduler.steps >= steps || scheduler.nowMs >= STORM_MAX_MS);
    this.#calmDown();
    await this.#finish();
    await this.#audit();
  }

  #makeLog(): DurableLog {
    const removals = new RemovalRules(
      (namespaceId) => this.#namespaces.retentionsMs(namespaceId),
      () => this.#clock.latestMs,
    );
    return new DurableLog(
      {
        onChange: (record, change) => {
          this.#marks.note(record, change);
          this.#family.note(record, change);
          this.#callbacks.note(record, change);
          if (change.kind !== 'watchersAttached') return;
          this.#schedules.noteWatched(
            record,
            change.watchers.map(({ token }) => token),
          );
        },
        onScheduleChange: (record, change, timeMs) => this.#schedules.note(record, change, timeMs),
        onJobChange: (record, change) => this.#jobs.note(record, change),
      },
      removals,
    );
  }

  #makeTarget(random: Random): CallbackTarget {
    const { scheduler, trace } = this;
    return new CallbackTarget(scheduler, random, {
      onSent: (request) => {
        try {
          this.#callbacks.onSent(request);
        } catch (error) {
          scheduler.fail(error);
        }
      },
      onArrived: (request, fate) => {
        trace.note(scheduler.nowMs, `${request.url}: ${fate}`);
        this.#callbacks.onArrived(request, fate);
      },
    });
  }

  #makeDisk(): SimDisk {
    const { scheduler, trace } = this;
    const makeDisk = this.#options.bug?.makeDisk;
    const options = {
      scheduler,
      trace,
      random: this.#random.fork('disk'),
      onApplied: (batch: ShardBatch) => this.#applied(batch),
      onRegistered: (entry: RegistryWrite) => this.#namespaces.note(entry, (id) => this.log.leftIn(id)),
      crash: (why: string) => this.supervisor.crash(why),
      onCommitBegun: () => {
        const { pollsBreakAtCommit } = this.#network.faults;
        if (this.#random.chance(pollsBreakAtCommit)) this.#network.breakSomePolls();
      },
    };
    return makeDisk === undefined ? new SimDisk(options, NO_FAULTS.disk) : makeDisk(options, NO_FAULTS.disk);
  }

  #makeSupervisor(): Supervisor {
    const { scheduler, trace, disk, log } = this;
    const { config, namespaces, shardCount, retentionMs, workflowsInMemoryMax } = this.settings;
    const tamper = this.#options.bug?.tamper ?? (() => undefined);
    return new Supervisor({
      scheduler,
      trace,
      disk,
      log,
      random: this.#random.fork('server'),
      clock: this.#clock,
      network: this.#network,
      target: this.#target,
      server: {
        config,
        namespaces,
        isDeleted: (name) => this.#namespaces.isDeleted(name),
        shardCount,
        retentionMs,
        workflowsInMemoryMax,
        tamper,
      },
      onServing: ({ namespaceIds }) => {
        for (const [name, id] of namespaceIds) this.#namespaceIds.set(name, id);
      },
    });
  }

  #makeGremlin(): Gremlin {
    return new Gremlin({
      scheduler: this.scheduler,
      trace: this.trace,
      random: this.#random.fork('gremlin'),
      clock: this.#clock,
      crashEveryMs: this.settings.faults.crashEveryMs,
      crash: () => {
        if (this.supervisor.server === undefined) return;
        if (this.#random.chance(0.3)) this.supervisor.restart();
        else this.supervisor.crash('for no reason');
      },
      isOver: () => this.workload.isOver,
    });
  }

  #applied(batch: ShardBatch): void {
    const touched = this.log.append(batch);
    for (const record of touched) this.#namespaces.checkThere(record.identity.namespaceId, nameOf(record));
    this.#family.check(touched);
    this.#schedules.check();
    for (const { events, delta } of batch.log) {
      if (events !== undefined) this.trace.mixBytes(events);
      if (delta !== undefined) this.trace.mixBytes(delta);
    }
  }

  #calmDown(): void {
    this.trace.note(this.scheduler.nowMs, 'the storm is over');
    this.#nextLookMs = this.scheduler.nowMs + LOOK_EVERY_MS;
    this.disk.faults = NO_FAULTS.disk;
    this.#network.faults = NO_FAULTS.network;
    this.#target.calmDown();
    this.workload.calmDown();
  }

  /** Everything comes to its end, and has to be as it should then. */
  async #finish(): Promise<void> {
    const { scheduler, log } = this;
    const untilMs = scheduler.nowMs + CALM_MAX_MS;
    const stepsMax = scheduler.steps + CALM_STEPS_MAX;
    let seen = -1;
    let done = false;
    const isDone = (): boolean => {
      const changes = log.rows + log.removals;
      if (seen !== changes) done = isAllDone(log);
      seen = changes;
      return done && this.#namespaces.leaving.length === 0;
    };
    const goesOn = (): boolean => {
      this.#checkOverdue();
      return !isDone() && scheduler.nowMs <= untilMs && scheduler.steps <= stepsMax;
    };
    // A request that was long on its way may begin something anew while the server tidies up.
    for (let tidyUntilMs = Infinity; !isDone() || scheduler.nowMs < tidyUntilMs;) {
      await scheduler.run(() => !goesOn());
      hold(isDone(), 42, () => [describeUndone(log), ...this.#namespaces.leaving].join('; '));
      this.trace.note(scheduler.nowMs, 'all is done');
      tidyUntilMs = scheduler.nowMs + TIDY_MS;
      await scheduler.run(() => !isDone() || scheduler.nowMs >= tidyUntilMs);
    }
    this.#checkRemoved();
    checkHistories(log);
    this.#callbacks.checkEnd();
    const late = this.settings.faults.none && log.latestMs > LATE_UNDISTURBED_MS;
    hold(!late, 30, () => `with nothing in its way a timer fired ${log.latestMs} ms late`);
    await this.#checkBacklog();
  }

  /** Whatever was due before the storm ended has been seen to by now. */
  #checkOverdue(): void {
    if (this.scheduler.nowMs < this.#nextLookMs) return;
    this.#nextLookMs = this.scheduler.nowMs + LOOK_EVERY_MS;
    checkOverdue(this.log, this.#clock.now() - LATE_MS);
  }

  /** With workers that wait on every queue no task is left. */
  async #checkBacklog(): Promise<void> {
    for (let shard = 0; shard < this.settings.shardCount; shard++) {
      const lanes = await this.disk.memory.listBacklogLanes(shard);
      const left = lanes.filter(({ count }) => count > 0);
      hold(left.length === 0, 13, () => `tasks are left in the backlog: ${JSON.stringify(left)}`);
    }
  }

  /** Asks the server for everything, and another one after it. */
  async #audit(): Promise<void> {
    const { scheduler, supervisor, log } = this;
    for (const round of ['first', 'second']) {
      await scheduler.run(() => supervisor.server !== undefined);
      const stage = { scheduler, network: this.#network, random: this.#random.fork(round) };
      let audited = false;
      new Auditor(stage, log, this.#lastingNamespaces()).audit().then(
        () => (audited = true),
        (error: unknown) => scheduler.fail(error),
      );
      await scheduler.run(() => audited);
      if (round === 'first') supervisor.crash('to be looked at', 0);
    }
    await this.#awaitRetention();
    supervisor.stop('at the end');
  }

  #lastingNamespaces(): ReadonlyMap<string, string> {
    return new Map([...this.#namespaceIds].filter(([name]) => !this.#namespaces.isDeleted(name)));
  }

  /** Once their retention is over, if that is soon, nothing is left of all that was. */
  async #awaitRetention(): Promise<void> {
    const { scheduler, log } = this;
    const leftMs = (log.lastRemovalAtMs ?? Infinity) - this.#clock.now();
    if (leftMs > STORM_MAX_MS) return;
    const untilMs = scheduler.nowMs + Math.max(0, leftMs) + TIDY_MS;
    await scheduler.run(() => scheduler.nowMs >= untilMs);
    this.#checkRemoved();
    const [left] = log.runs;
    hold(left === undefined, 38, () => `${left?.identity.runId} outlives its retention`);
  }

  #checkRemoved(): void {
    const left = this.log.overdueForRemoval(this.#clock.now() - REMOVAL_MAX_MS);
    hold(left.length === 0, 38, () => `${left.join(', ')} should have been removed`);
  }
}
