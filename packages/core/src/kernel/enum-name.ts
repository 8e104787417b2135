type Enum = Readonly<Record<string, number>>;

const namesOf = new WeakMap<Enum, ReadonlyMap<number, string>>();

/** The name of an enum value, as the protocol's Go form prints it; the number where it has none. */
export function enumName(values: Enum, value: number): string {
  let names = namesOf.get(values);
  if (names === undefined) {
    // Of several names for a value the first one counts.
    names = new Map(
      Object.entries(values)
        .toReversed()
        .map(([name, known]) => [known, name]),
    );
    namesOf.set(values, names);
  }
  return names.get(value) ?? String(value);
}
