import { basename } from 'node:path';
import { runCommandLine } from './command-line/run.ts';
import { root } from './commands/root.ts';

/** Names under which the program is installed. */
const programs = ['perdure', 'temporal'];

/** Runs what this process was started with, and ends it. */
export async function runProgram(): Promise<void> {
  keepQuietAboutSqlite();
  // Whoever reads us may leave early (`perdure … | head`): that is no failure.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  const name = basename(process.argv[1] ?? '', '.js');
  const exitCode = await runCommandLine({
    root,
    program: programs.includes(name) ? name : 'perdure',
    words: process.argv.slice(2),
    columns: process.stdout.columns,
    context: {
      environment: process.env,
      stdout: process.stdout,
      stderr: process.stderr,
      onInterrupt: (callback) => {
        for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, callback);
      },
      exit: (code) => process.exit(code),
    },
  });
  process.exitCode = exitCode;
}

/** Node.js before 24 warns that its SQLite is new. It does what we need from the oldest version that we run on. */
function keepQuietAboutSqlite(): void {
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name === 'ExperimentalWarning' && warning.message.startsWith('SQLite')) return;
    for (const listener of listeners) listener(warning);
  });
}
