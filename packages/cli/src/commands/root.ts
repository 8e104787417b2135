import type { CommandGroup } from '../command-line/command.ts';
import { server } from './server/server.ts';

/** Every command of the program. */
export const root: CommandGroup = {
  kind: 'group',
  summary: '',
  description: `
Perdure: durable execution for programs that must finish.

Start a server on this machine, for workers and clients of any Temporal SDK:
  perdure server start-dev`,
  commands: { server },
};
