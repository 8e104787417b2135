import { CommandError } from '../command-line/command.ts';

/** `KEY=VALUE` texts; of a key given twice the last counts. `what` names them in the refusal: "invalid pragma". */
export function parseKeyValues(what: string, texts: readonly string[]): Map<string, string> {
  return new Map(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at === -1) throw new CommandError(`${what}: missing expected '=' in ${JSON.stringify(text)}`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
