/** What a program needs to start or to find a workflow. */
export interface CodeFacts {
  readonly address: string;
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly type: string;
  readonly taskQueue: string;
  /** The arguments as values; undefined where one cannot be written as JSON. */
  readonly args: readonly unknown[] | undefined;
}

export type CodeLanguage = 'typescript' | 'python' | 'cli';
export type CodePurpose = 'start' | 'result' | 'describe' | 'signal' | 'terminate';

export const purposes: readonly (readonly [CodePurpose, string])[] = [
  ['start', 'Start one like this'],
  ['result', 'Wait for its result'],
  ['describe', 'Describe it'],
  ['signal', 'Signal it'],
  ['terminate', 'Terminate it'],
];

/** A program, or a command, that does the same as the page. */
export function clientCode(language: CodeLanguage, purpose: CodePurpose, facts: CodeFacts): string {
  switch (language) {
    case 'typescript':
      return typescript(purpose, facts);
    case 'python':
      return python(purpose, facts);
    case 'cli':
      return cli(purpose, facts);
  }
}

const quote = (text: string): string => JSON.stringify(text);

function typescript(purpose: CodePurpose, facts: CodeFacts): string {
  const head = [
    "import { Client, Connection } from '@temporalio/client';",
    '',
    `const connection = await Connection.connect({ address: ${quote(facts.address)} });`,
    `const client = new Client({ connection, namespace: ${quote(facts.namespace)} });`,
  ];
  const handle = `const handle = client.workflow.getHandle(${quote(facts.workflowId)}, ${quote(facts.runId)});`;
  const bodies: Readonly<Record<CodePurpose, readonly string[]>> = {
    start: [
      `const handle = await client.workflow.start(${quote(facts.type)}, {`,
      `  workflowId: ${quote(facts.workflowId)},`,
      `  taskQueue: ${quote(facts.taskQueue)},`,
      `  args: ${argsText(facts, '  ')},`,
      '});',
      'console.log(await handle.result());',
    ],
    result: [handle, 'console.log(await handle.result());'],
    describe: [handle, 'console.log(await handle.describe());'],
    signal: [handle, "await handle.signal('name', /* argument */);"],
    terminate: [handle, "await handle.terminate('reason');"],
  };
  return [...head, ...bodies[purpose], ''].join('\n');
}

function python(purpose: CodePurpose, facts: CodeFacts): string {
  const handle = `    handle = client.get_workflow_handle(${quote(facts.workflowId)}, run_id=${quote(facts.runId)})`;
  const bodies: Readonly<Record<CodePurpose, readonly string[]>> = {
    start: [
      '    handle = await client.start_workflow(',
      `        ${quote(facts.type)},`,
      `        args=${pythonText(facts.args ?? [])},`,
      `        id=${quote(facts.workflowId)},`,
      `        task_queue=${quote(facts.taskQueue)},`,
      '    )',
      '    print(await handle.result())',
    ],
    result: [handle, '    print(await handle.result())'],
    describe: [handle, '    print(await handle.describe())'],
    signal: [handle, '    await handle.signal("name", None)  # the argument'],
    terminate: [handle, '    await handle.terminate("reason")'],
  };
  return [
    'import asyncio',
    '',
    'from temporalio.client import Client',
    '',
    '',
    'async def main() -> None:',
    `    client = await Client.connect(${quote(facts.address)}, namespace=${quote(facts.namespace)})`,
    ...bodies[purpose],
    '',
    '',
    'asyncio.run(main())',
    '',
  ].join('\n');
}

function cli(purpose: CodePurpose, facts: CodeFacts): string {
  const shared = [`--namespace ${shell(facts.namespace)}`, `--address ${shell(facts.address)}`];
  const id = `--workflow-id ${shell(facts.workflowId)}`;
  const run = `--run-id ${shell(facts.runId)}`;
  const commands: Readonly<Record<CodePurpose, readonly string[]>> = {
    start: [
      'perdure workflow start',
      id,
      `--type ${shell(facts.type)}`,
      `--task-queue ${shell(facts.taskQueue)}`,
      ...(facts.args ?? []).map((arg) => `--input ${shell(JSON.stringify(arg))}`),
    ],
    result: ['perdure workflow result', id, run],
    describe: ['perdure workflow describe', id, run],
    signal: ['perdure workflow signal', id, run, "--name name --input '{}'"],
    terminate: ['perdure workflow terminate', id, run, "--reason 'reason'"],
  };
  return `${[...commands[purpose], ...shared].join(' \\\n  ')}\n`;
}

function argsText({ args }: CodeFacts, indent: string): string {
  if (args === undefined) return '[/* its input is no JSON */]';
  return JSON.stringify(args, undefined, 2).replaceAll('\n', `\n${indent}`);
}

/** A JSON value as Python writes it. */
function pythonText(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(pythonText).join(', ')}]`;
  if (typeof value === 'object') {
    const fields = Object.entries(value).map(([name, field]) => `${quote(name)}: ${pythonText(field)}`);
    return `{${fields.join(', ')}}`;
  }
  return JSON.stringify(value);
}

/** A word for a POSIX shell: quoted unless it needs none. */
function shell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
