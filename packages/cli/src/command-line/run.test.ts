import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandError, type CommandGroup, defineCommand } from './command.ts';
import { integerFlag, stringFlag } from './flag.ts';
import { runCommandLine } from './run.ts';

const brew = defineCommand({
  summary: 'Make coffee',
  description: 'Make coffee, strong or weak.',
  flags: {
    cups: integerFlag('How many cups.', { short: 'c', default: 1, min: 1, max: 9 }),
    beans: stringFlag('Which.'),
  },
  async run({ flags, given }, { stdout }) {
    if (flags.beans === 'none') throw new CommandError('no coffee without beans');
    if (flags.beans === 'bug') throw new TypeError('a bug');
    stdout.write(`${flags.cups} ${flags['log-level']} ${[...given].join()}`);
    return 0;
  },
});

const root: CommandGroup = {
  kind: 'group',
  summary: '',
  description: 'A kitchen.',
  commands: {
    coffee: {
      kind: 'group',
      summary: 'Coffee',
      description: 'All about coffee.',
      commands: { brew: { kind: 'lazy', summary: brew.summary, load: async () => brew } },
    },
  },
};

async function run(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  let stdout = '';
  let stderr = '';
  const code = await runCommandLine({
    root,
    program: 'perdure',
    words,
    context: {
      environment: {},
      stdout: { write: (text) => void (stdout += text) },
      stderr: { write: (text) => void (stderr += text) },
      onInterrupt: () => {},
      exit: () => {},
    },
  });
  return { code, stdout, stderr };
}

test('a command runs with its flags and the global ones, wherever those stand', async () => {
  for (const words of [
    ['coffee', 'brew', '--cups', '2', '--log-level', 'debug'],
    ['--log-level', 'debug', 'coffee', 'brew', '-c2'],
    ['coffee', '--log-level=debug', 'brew', '--cups=2'],
  ]) {
    const { code, stdout, stderr } = await run(...words);
    assert.equal(stderr, '');
    assert.equal(code, 0);
    assert.match(stdout, /^2 debug (cups,log-level|log-level,cups)$/);
  }
});

test('help is there at each level, and for the command alone', async () => {
  const top = await run('--help');
  assert.equal(top.code, 0);
  assert.match(top.stdout, /^A kitchen\.\n\nUsage:\n  perdure \[command\]\n\nAvailable Commands:\n  coffee   Coffee\n/);
  assert.match((await run('coffee', '-h')).stdout, /Usage:\n  perdure coffee \[command\][^]*  brew   Make coffee\n/);
  const command = await run('coffee', 'brew', '--help');
  assert.match(command.stdout, /Usage:\n  perdure coffee brew \[flags\]/);
  assert.match(command.stdout, /\n  -c, --cups int +How many cups\. \(default 1\)\n/);
  assert.match(command.stdout, /Global Flags:\n[^]*--log-level string +[^]*Accepted/);
  assert.equal((await run('help', 'coffee', 'brew')).stdout, command.stdout);
  assert.deepEqual(
    command.stdout.split('\n').filter((line) => line.length > 80),
    [],
  );
});

test('no command is help: of the program itself that is fine, of a group it is a mistake', async () => {
  assert.deepEqual(await run(), await run('--help'));
  const { code, stdout } = await run('coffee');
  assert.equal(code, 1);
  assert.match(stdout, /All about coffee/);
});

test('the version', async () => {
  const { code, stdout } = await run('--version');
  assert.equal(code, 0);
  assert.match(stdout, /^perdure version \d+\.\d+\.\d+\S* \(Server \d+\.\d+\.\d+\)\n$/);
  assert.deepEqual(await run('-v'), await run('--version'));
});

test('what cannot be understood is refused, with a hint', async () => {
  const see = 'See "perdure coffee brew --help".';
  assert.deepEqual(await run('coffee', 'brew', '--milk'), {
    code: 1,
    stdout: '',
    stderr: `Error: unknown flag: --milk\n${see}\n`,
  });
  assert.equal(
    (await run('coffee', 'brew', 'now')).stderr,
    `Error: unknown command "now" for "perdure coffee brew"\n${see}\n`,
  );
  assert.equal((await run('tea')).stderr, 'Error: unknown command "tea" for "perdure"; known: coffee\n');
  assert.equal(
    (await run('coffee', 'toString')).stderr,
    'Error: unknown command "toString" for "perdure coffee"; known: brew\n',
  );
  assert.equal((await run('--milk')).stderr, 'Error: unknown flag: --milk\n');
});

test('a failure is told in a sentence, a bug with its stack', async () => {
  assert.deepEqual(await run('coffee', 'brew', '--beans', 'none'), {
    code: 1,
    stdout: '',
    stderr: 'Error: no coffee without beans\n',
  });
  const { code, stderr } = await run('coffee', 'brew', '--beans', 'bug');
  assert.equal(code, 1);
  assert.match(stderr, /^Error: TypeError: a bug\n    at /);
});
