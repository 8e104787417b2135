/** Does nothing, so that what is measured is what it costs to have it done. */
export async function echo(value: number): Promise<number> {
  return value;
}
