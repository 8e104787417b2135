import type { Rejection } from '../kernel/rejection.ts';
import type { WorkflowClosedInput } from '../workflow/callback/watcher.ts';
import type { Done, Input, Replies } from '../workflow/input.ts';

/** What can happen to an aggregate of any kind. `wake` and `settle` are the same for all of them. */
export type AnyInput = Input | WorkflowClosedInput;

/** What each input is answered with, unless it is refused. */
export interface AnyReplies extends Replies {
  workflowClosed: Done;
}

export type ReplyOf<I extends AnyInput> = AnyReplies[I['kind']] | Rejection;
