/**
 * What must hold whatever happens, by number: those of the project's list that apply so far, as checkers name them. 0
 * stands for what every program owes: no exception that nobody expected, no assertion of its own that fails.
 */
export const INVARIANTS = {
  0: 'the server breaks no assertion and throws no exception of its own',
  1: 'what was acknowledged is durable, and is found after any crash',
  2: 'the same request id never starts two runs',
  3: 'at most one run of a workflow id is open',
  4: 'event ids are 1 to n without gap or double',
  5: 'a history once read never changes, and a read sees all that was durable before it',
  6: 'the first event is Started; exactly one event closes a run, and it is the last',
  7: 'every event refers to events that exist and fit',
  8: 'each scheduled activity gets at most one terminal event',
  9: 'a completion is accepted at most once per attempt; stale tokens are refused',
  10: 'attempts run from 1 to the maximum, rising by 1; what is not retryable is not retried',
  11: 'no retry comes before its back-off',
  12: 'timers never fire early, and at most once',
  13: 'no timer and no task is lost',
  14: 'no timer fires after its recorded cancel',
  15: 'each acknowledged signal is there exactly once',
  16: 'signals of one sequential sender stay in order',
  17: 'a signal that arrives at completion is not dropped',
  20: 'queries see all that was acknowledged before',
  21: 'at most one workflow task of a run is started; a stale completion changes nothing',
  22: 'commands of one task commit all or none',
  23: 'replay of a stored history yields the same commands',
  24: 'the eviction of a cache changes no outcome',
  25: 'continue-as-new and retry make exactly one successor, in one commit',
  26: 'the parent close policy is applied to each child as it was set',
  27: "a child's result reaches its parent exactly once",
  28: 'a cancel request that was acknowledged is delivered; nothing follows a termination',
  30: 'a timeout strikes within its time, never early',
  31: 'the details of the last accepted heartbeat reach the next attempt',
  32: 'visibility equals state and shows no run that is not durable',
  33: 'what a run owes to others is delivered, with effect once',
  35: 'after a commit of unknown outcome the state is read anew before it is used',
  37: 'no namespace sees what is of another',
  39: 'state rebuilt from the log equals live state; state rebuilt from history alone equals what events decide',
  42: 'once the faults stop, everything that is not blocked comes to its end',
} as const;

export type InvariantNumber = keyof typeof INVARIANTS;
