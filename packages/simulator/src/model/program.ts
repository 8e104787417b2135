/** What an activity of the model does, attempt by attempt. */
export interface ActivityPlan {
  /** How long an attempt works. */
  readonly workMs: number;
  /** So many attempts never answer, so that a timeout ends them. */
  readonly hangs: number;
  /** So many attempts, after those, fail. */
  readonly failures: number;
  /** The last failure is one that is not retried. */
  readonly failsForGood: boolean;
  /** Sends a heartbeat so often; 0: none. */
  readonly heartbeatMs: number;
  /** Asks for this delay before the next attempt; 0: leaves it to the policy. */
  readonly nextRetryDelayMs: number;
  /** Answers by the activity's id, not by the token. */
  readonly byId: boolean;
}

/** An activity with its options. Milliseconds; 0 is none. */
export interface ActivityStep {
  readonly kind: 'activity';
  readonly plan: ActivityPlan;
  readonly queue: string;
  readonly eager: boolean;
  readonly startToCloseMs: number;
  readonly scheduleToStartMs: number;
  readonly scheduleToCloseMs: number;
  readonly heartbeatTimeoutMs: number;
  readonly retry: {
    readonly initialMs: number;
    readonly coefficient: number;
    readonly maximumMs: number;
    readonly attempts: number;
  };
}

export type ClosePolicy = 'terminate' | 'abandon' | 'requestCancel';

export interface ChildStep {
  readonly kind: 'child';
  readonly program: Program;
  readonly policy: ClosePolicy;
  /** Goes on without waiting for its end. */
  readonly detached: boolean;
  readonly attempts: number;
  readonly runTimeoutMs: number;
}

/** One step of a program; each waits until it is done unless it says otherwise. */
export type Step =
  | ActivityStep
  | ChildStep
  | { readonly kind: 'timer'; readonly ms: number }
  /** Whichever is done first; the other is cancelled. */
  | { readonly kind: 'race'; readonly ms: number; readonly activity: ActivityStep }
  /** Waits for so many signals in all, at most that long. */
  | { readonly kind: 'signals'; readonly count: number; readonly ms: number }
  | { readonly kind: 'signalOther'; readonly workflowId: string; readonly childOnly: boolean }
  | { readonly kind: 'cancelOther'; readonly workflowId: string }
  | { readonly kind: 'marker' }
  | { readonly kind: 'memo' }
  | { readonly kind: 'attribute' }
  /** The worker fails its task here, so many attempts: by saying so, or with a command that no server takes. */
  | { readonly kind: 'failTask'; readonly attempts: number; readonly badCommand: boolean }
  | { readonly kind: 'parallel'; readonly branches: readonly (readonly Step[])[] };

/** What a model workflow does; its input. */
export interface Program {
  readonly steps: readonly Step[];
  /** What a cancel request does: nothing, or an end as soon as what is pending has been cancelled. */
  readonly onCancel: 'ignore' | 'stop';
  readonly finish: 'complete' | 'fail' | 'failForGood' | 'failOnce';
  /** Whether it ends only when its updates have. */
  readonly awaitsUpdates: boolean;
  /** How often it continues as new before it finishes so. */
  readonly continuations: number;
}

/** What a signal of the model carries. */
export interface SignalContent {
  readonly sender: string;
  /** Rising per sender, from 1; 0 where the sender does not care for the order. */
  readonly number: number;
  readonly id: string;
}

/** What an update of the model asks for. */
export interface UpdateContent {
  readonly id: string;
  /** The validator does not want it. */
  readonly rejects: boolean;
  /** The handler fails in the end. */
  readonly fails: boolean;
  /** How long the handler waits by a timer; 0: it ends where it begins. */
  readonly timerMs: number;
  /** An activity that the handler waits for. */
  readonly activity: ActivityStep | undefined;
}

/** What an update of the model gives. */
export interface UpdateResult {
  readonly id: string;
  /** How many updates the workflow had taken before. */
  readonly before: number;
}

/** What a model workflow completes with, and what it answers to a query. */
export interface WorkflowResult {
  /** Ids of the signals that it has seen, in order. */
  readonly signals: readonly string[];
  /** What became of its steps, in the order in which they ended. */
  readonly outcomes: readonly string[];
  /** Ids of the updates that it has accepted, in order. */
  readonly updates: readonly string[];
}
