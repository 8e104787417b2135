/** The name of an enum value, as the protocol's Go form prints it; the number where it has none. */
export function enumName(values: { readonly [name: string]: number }, value: number): string {
  for (const [name, known] of Object.entries(values)) if (known === value) return name;
  return String(value);
}
