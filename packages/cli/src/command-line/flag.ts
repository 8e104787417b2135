/** What all flags say. */
interface FlagBase {
  /** One letter. */
  readonly short?: string;
  /** For `--help`: sentences. */
  readonly description: string;
}

export interface StringFlag extends FlagBase {
  readonly kind: 'string';
  readonly default: string;
}

export interface BooleanFlag extends FlagBase {
  readonly kind: 'boolean';
  readonly default: boolean;
}

/** A whole number within bounds. */
export interface IntegerFlag extends FlagBase {
  readonly kind: 'integer';
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

/** A duration of Go (`1h30m`), in milliseconds once it is parsed. */
export interface DurationFlag extends FlagBase {
  readonly kind: 'duration';
  readonly default: number;
}

/** One of a few words. */
export interface ChoiceFlag<Choice extends string = string> extends FlagBase {
  readonly kind: 'choice';
  readonly default: Choice;
  readonly choices: readonly Choice[];
  /** Taken too, but named nowhere: old spellings. */
  readonly hiddenChoices: readonly Choice[];
}

/** May be given several times; commas separate nothing. */
export interface ListFlag extends FlagBase {
  readonly kind: 'list';
}

export type Flag = StringFlag | BooleanFlag | IntegerFlag | DurationFlag | ChoiceFlag | ListFlag;

/** The flags of a command by name, without dashes. */
export type FlagTable = Readonly<Record<string, Flag>>;

/** The value of each flag of a table. */
export type FlagValues<Table extends FlagTable> = {
  readonly [Name in keyof Table]: Table[Name] extends ListFlag
    ? readonly string[]
    : Table[Name] extends ChoiceFlag<infer Choice>
      ? Choice
      : Table[Name] extends { readonly default: infer Value }
        ? Widened<Value>
        : never;
};

type Widened<Value> = Value extends string ? string : Value extends number ? number : boolean;

type Options<Kind extends FlagBase> = Partial<Omit<Kind, 'kind' | 'description' | 'short'>> & Pick<FlagBase, 'short'>;

export function stringFlag(description: string, options: Options<StringFlag> = {}): StringFlag {
  return { kind: 'string', default: '', description, ...options };
}

export function booleanFlag(description: string, options: Options<BooleanFlag> = {}): BooleanFlag {
  return { kind: 'boolean', default: false, description, ...options };
}

export function integerFlag(description: string, options: Options<IntegerFlag> = {}): IntegerFlag {
  const bounds = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };
  return { kind: 'integer', default: 0, ...bounds, description, ...options };
}

export function durationFlag(description: string, options: Options<DurationFlag> = {}): DurationFlag {
  return { kind: 'duration', default: 0, description, ...options };
}

export function listFlag(description: string, options: Pick<FlagBase, 'short'> = {}): ListFlag {
  return { kind: 'list', description, ...options };
}

export function choiceFlag<const Choice extends string, const Hidden extends string = never>(
  description: string,
  options: {
    readonly choices: readonly Choice[];
    readonly default: NoInfer<Choice>;
    readonly hiddenChoices?: readonly Hidden[];
    readonly short?: string;
  },
): ChoiceFlag<Choice | Hidden> {
  return { kind: 'choice', hiddenChoices: [], description, ...options };
}
