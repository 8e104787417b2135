/** How a worker behaves. Probabilities, each of one task. */
export interface WorkerHabits {
  /** Tasks take up to this time. */
  readonly thinkMaxMs: number;
  /** Takes so long that the task times out. */
  readonly stalls: number;
  /** The process ends while it has the task. */
  readonly dies: number;
  /** Says that it has failed. */
  readonly failsTask: number;
  /** Answers a second time, at once or later. */
  readonly answersTwice: number;
  /** Takes the task and says nothing any more. */
  readonly forgets: number;
  /** Loses the workflow from its cache. */
  readonly evicts: number;
  /** Knows nothing of updates: says nothing of those that come with the task. */
  readonly ignoresUpdates: number;
  /** Asks for a further workflow task at once. */
  readonly forcesTask: number;
}

export const GOOD_HABITS: WorkerHabits = {
  thinkMaxMs: 5,
  stalls: 0,
  dies: 0,
  failsTask: 0,
  answersTwice: 0,
  forgets: 0,
  evicts: 0,
  ignoresUpdates: 0,
  forcesTask: 0,
};
