import type { Random } from '../kernel/random.ts';
import type { CallOptions, MethodName, Outcome, ReplyOf, RequestOf } from '../network/network.ts';
import type { WorkerHabits } from './worker-habits.ts';

type Call = <Name extends MethodName>(
  name: Name,
  request: RequestOf<Name>,
  options?: Partial<CallOptions>,
) => Promise<Outcome<ReplyOf<Name>>>;

/** The binaries of which workers are made. */
export const BINARIES = ['binary-1', 'binary-2', 'binary-3'] as const;

/** What the two halves of a worker, for workflows and for activities, use of the process that they are in. */
export interface WorkerTools {
  readonly identity: string;
  /** Of which its workflow tasks tell. */
  readonly binaryChecksum: string;
  readonly namespace: string;
  readonly queue: string;
  /** Where the tasks of the workflows in its cache go. */
  readonly stickyQueue: string;
  readonly random: Random;
  readonly habits: () => WorkerHabits;
  readonly sleep: (delayMs: number) => Promise<void>;
  readonly call: Call;
  /** Calls until the server has said something definite. */
  readonly persist: Call;
  readonly spawn: (work: () => Promise<void>) => void;
  /** Ends the process. */
  readonly die: () => void;
}

/** A poll that waited in vain is answered with a message without a token. */
export function holdsTask(reply: { readonly taskToken?: Uint8Array | undefined } | undefined): boolean {
  return reply?.taskToken !== undefined && reply.taskToken.length > 0;
}
