import type { BatchInput, BatchReplies } from '../batch/input.ts';
import type { Rejection } from '../kernel/rejection.ts';
import type { ScheduleInput, ScheduleReplies } from '../schedule/input.ts';
import type { Input, Replies } from '../workflow/input.ts';

/** What can happen to an aggregate of any kind. `wake` and `settle` are the same for all of them. */
export type AnyInput = Input | ScheduleInput | BatchInput;

/** What each input is answered with, unless it is refused. */
export type AnyReplies = Replies & ScheduleReplies & BatchReplies;

export type ReplyOf<I extends AnyInput> = AnyReplies[I['kind']] | Rejection;
