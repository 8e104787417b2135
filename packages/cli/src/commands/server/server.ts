import type { CommandGroup } from '../../command-line/command.ts';

export const server: CommandGroup = {
  kind: 'group',
  summary: 'Run a server',
  description: 'Run a server.',
  commands: {
    start: {
      kind: 'lazy',
      summary: 'Start a server for production',
      load: async () => (await import('./start.ts')).start,
    },
    'start-dev': {
      kind: 'lazy',
      summary: 'Start a development server on this machine',
      load: async () => (await import('./start-dev.ts')).startDev,
    },
  },
};
