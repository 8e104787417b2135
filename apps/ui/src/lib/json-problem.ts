/** What keeps a text from being JSON, undefined for nothing; empty text is no problem. */
export function jsonProblem(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? `No JSON yet: ${error.message}` : 'No JSON yet';
  }
}
