import { UpdateWorkflowExecutionLifecycleStage } from '@perdure/proto/enums';
import type {
  StartWorkflowExecutionRequest,
  StartWorkflowExecutionResponse,
  UpdateWorkflowExecutionResponse,
} from '@perdure/proto/types';
import { Actor, type Stage } from '../actor.ts';
import type { Facts } from '../facts.ts';

/** What clients share. */
export interface ClientContext {
  readonly namespaces: readonly string[];
  /** The namespace that is to be deleted. */
  readonly doomed: string | undefined;
  readonly queues: readonly string[];
  readonly workflowIds: readonly string[];
  readonly longTimers: boolean;
  readonly facts: Facts;
  /** True once no client shall begin anything new. */
  readonly isOver: () => boolean;
  /** Takes the first task of a workflow that was started eagerly, if a worker of the queue is alive. */
  readonly hasWorker: (namespace: string, queue: string) => boolean;
  /** The server has said that a run will call an address back. */
  readonly onCallback: (runId: string, url: string) => void;
  readonly onEagerStart: (request: StartWorkflowExecutionRequest, reply: StartWorkflowExecutionResponse) => void;
}

/** A request for an update waits at the server. */
export const UPDATE_POLL = { timeoutMs: 40_000, poll: true } as const;

/** Runs that were heard of last are likely to be at work. */
const RECENT_RUNS = 5;

/** A client: does one thing after the other until the end, with pauses. */
export abstract class Client extends Actor {
  protected readonly context: ClientContext;
  #ids = 0;

  constructor(stage: Stage, name: string, context: ClientContext) {
    super(stage, name);
    this.context = context;
  }

  start(): void {
    this.spawn(async () => {
      await this.sleep(this.random.int(0, 500));
      while (!this.context.isOver()) {
        await this.act();
        await this.sleep(this.random.int(0, this.pauseMaxMs));
      }
      await this.finish();
    });
  }

  /** The longest pause between two acts. */
  protected abstract readonly pauseMaxMs: number;

  protected abstract act(): Promise<void>;

  /** Tidies up when all is over. */
  protected finish(): Promise<void> {
    return Promise.resolve();
  }

  /** An id that no other request has. */
  protected nextId(): string {
    this.#ids += 1;
    return `${this.name}-${this.#ids}`;
  }

  /** A workflow: mostly one that some client knows of, sometimes any. */
  protected somewhere(): { readonly namespace: string; readonly workflowId: string } {
    const { namespaces, workflowIds } = this.context;
    const known = this.random.chance(0.7) ? this.someRun() : undefined;
    return known ?? { namespace: this.random.pick(namespaces), workflowId: this.random.pick(workflowIds) };
  }

  /** Takes note of what the server has said of an update. */
  protected noteUpdate(namespace: string, { updateRef, stage, outcome }: UpdateWorkflowExecutionResponse): void {
    const { workflowExecution, updateId = '' } = updateRef ?? {};
    const { workflowId = '', runId = '' } = workflowExecution ?? {};
    const known = { namespace, workflowId, runId, updateId };
    this.context.facts.updated(
      known,
      stage === UpdateWorkflowExecutionLifecycleStage.Accepted || outcome?.success !== undefined,
    );
  }

  /** A run that some client knows of, more likely a recent one; undefined while there is none. */
  protected someRun() {
    const { runs } = this.context.facts;
    const recent = this.random.chance(0.6) ? runs.slice(-RECENT_RUNS) : runs;
    return recent.length === 0 ? undefined : this.random.pick(recent);
  }
}
