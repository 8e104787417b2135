import {
  type CodeLanguage,
  pythonProgram,
  pythonText,
  quote,
  shellCommand,
  shellWord,
  typescriptProgram,
} from '../../../lib/code-text.ts';

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

function typescript(purpose: CodePurpose, facts: CodeFacts): string {
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
  return typescriptProgram(facts, bodies[purpose]);
}

function python(purpose: CodePurpose, facts: CodeFacts): string {
  const handle = `handle = client.get_workflow_handle(${quote(facts.workflowId)}, run_id=${quote(facts.runId)})`;
  const bodies: Readonly<Record<CodePurpose, readonly string[]>> = {
    start: [
      'handle = await client.start_workflow(',
      `    ${quote(facts.type)},`,
      `    args=${pythonText(facts.args ?? [])},`,
      `    id=${quote(facts.workflowId)},`,
      `    task_queue=${quote(facts.taskQueue)},`,
      ')',
      'print(await handle.result())',
    ],
    result: [handle, 'print(await handle.result())'],
    describe: [handle, 'print(await handle.describe())'],
    signal: [handle, 'await handle.signal("name", None)  # the argument'],
    terminate: [handle, 'await handle.terminate("reason")'],
  };
  return pythonProgram(facts, bodies[purpose]);
}

function cli(purpose: CodePurpose, facts: CodeFacts): string {
  const id = `--workflow-id ${shellWord(facts.workflowId)}`;
  const run = `--run-id ${shellWord(facts.runId)}`;
  const commands: Readonly<Record<CodePurpose, readonly string[]>> = {
    start: [
      'perdure workflow start',
      id,
      `--type ${shellWord(facts.type)}`,
      `--task-queue ${shellWord(facts.taskQueue)}`,
      ...(facts.args ?? []).map((arg) => `--input ${shellWord(JSON.stringify(arg))}`),
    ],
    result: ['perdure workflow result', id, run],
    describe: ['perdure workflow describe', id, run],
    signal: ['perdure workflow signal', id, run, "--name name --input '{}'"],
    terminate: ['perdure workflow terminate', id, run, "--reason 'reason'"],
  };
  return shellCommand(facts, commands[purpose]);
}

function argsText({ args }: CodeFacts, indent: string): string {
  if (args === undefined) return '[/* its input is no JSON */]';
  return JSON.stringify(args, undefined, 2).replaceAll('\n', `\n${indent}`);
}
