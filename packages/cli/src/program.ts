import { basename } from 'node:path';
import { runCommandLine } from './command-line/run.ts';
import { root } from './commands/root.ts';

/** Name of the official test server, whose arguments are a port and whether time may skip from the start. */
const TEST_SERVER = 'temporal-test-server';

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
    words: name === TEST_SERVER ? testServerWords(process.argv.slice(2)) : process.argv.slice(2),
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
  // Nothing that still waits, such as a call to somebody else's server, may keep a process whose work is done.
  process.stdout.write('', () => process.stderr.write('', () => process.exit()));
}

/** What the official test server is started with (`PORT [--enable-time-skipping]`), as our own command. */
function testServerWords(words: readonly string[]): readonly string[] {
  const [port = ''] = words;
  if (!/^\d+$/.test(port)) return words;
  const timeSkipping = words.includes('--enable-time-skipping') ? 'unlocked' : 'locked';
  return ['server', 'start-dev', '--headless', '--port', port, '--time-skipping', timeSkipping];
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
