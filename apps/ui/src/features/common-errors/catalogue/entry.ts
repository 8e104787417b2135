/** A thing that goes wrong in workflows and workers. Texts may have `code`, as Markdown has it. */
export interface CommonError {
  /** Of its address: `/common-errors#id`. */
  readonly id: string;
  readonly title: string;
  /** How it shows in a history, in a message, or here. */
  readonly seen: readonly string[];
  readonly why: string;
  /** What to do, the first thing first. */
  readonly advice: readonly string[];
}

export interface Topic {
  readonly title: string;
  readonly errors: readonly CommonError[];
}
