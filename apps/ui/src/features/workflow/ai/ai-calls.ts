import type { Payload } from '@perdure/proto/json-types';
import { payloadsOf } from '../../../lib/history/events.ts';
import type { EventGroup } from '../../../lib/history/groups.ts';
import { readPayload } from '../../../lib/payload.ts';

/** What was said in one call: by a person, by the model, or the tool that the model asked for. */
interface AiPart {
  readonly by: 'user' | 'model' | 'tool call';
  /** Of a tool call, the tool. */
  readonly name?: string | undefined;
  readonly text: string;
}

/** One activity that asked a model, or that did what a model asked for. */
export interface AiCall {
  readonly kind: 'model' | 'tool';
  /** The model's name, or the tool's. */
  readonly title: string;
  readonly group: EventGroup;
  readonly parts: readonly AiPart[];
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly input: readonly Payload[];
  readonly result: readonly Payload[];
}

/** The activities of OpenAI Agents, the Vercel AI SDK, Pydantic AI, Google ADK, Deep Agents and Strands that ask a model. */
const modelActivity = /(invoke_?model|__model_request|call_?model|generate_?content)/i;
/** Those that call a tool of an MCP server or of a tool set. */
const toolActivity = /(-call-?tool(-v2)?|[-_]callTool|__call_tool|invoke_?tool)$/i;

type Fields = Readonly<Record<string, unknown>>;

/** The calls of a run to models and tools, in their order; none for a run without any call to a model. */
export function aiCallsOf(groups: readonly EventGroup[]): readonly AiCall[] {
  const activities = groups.filter(({ kind }) => kind === 'activity' || kind === 'localActivity');
  if (!activities.some(({ name }) => modelActivity.test(name))) return [];
  const calls: AiCall[] = [];
  const wanted = new Set<string>();
  let lastPrompt = '';
  for (const group of activities) {
    const isModel = modelActivity.test(group.name);
    if (!isModel && !toolActivity.test(group.name) && !wanted.has(plain(group.name))) continue;
    const named = group.events.flatMap(payloadsOf);
    const input = named.filter(([name]) => name === 'input').flatMap(([, payloads]) => payloads);
    const result = named.filter(([name]) => name === 'result').flatMap(([, payloads]) => payloads);
    const asked = valueOf(input[0]);
    const answer = valueOf(result[0]);
    const prompt = isModel ? lastUserText(asked) : '';
    const said = isModel ? partsOf(answer) : [];
    for (const { by, name } of said) if (by === 'tool call' && name !== undefined) wanted.add(plain(name));
    const usage = fieldsOf(fieldsOf(answer).usage ?? fieldsOf(answer).usage_metadata);
    calls.push({
      kind: isModel ? 'model' : 'tool',
      title: isModel ? modelName(asked) || group.name : group.name,
      group,
      parts: [...(prompt !== '' && prompt !== lastPrompt ? [{ by: 'user', text: prompt } as const] : []), ...said],
      inputTokens: countOf(
        usage,
        'inputTokens',
        'input_tokens',
        'promptTokens',
        'request_tokens',
        'prompt_token_count',
      ),
      outputTokens: countOf(
        usage,
        'outputTokens',
        'output_tokens',
        'completionTokens',
        'response_tokens',
        'candidates_token_count',
      ),
      input,
      result,
    });
    if (prompt !== '') lastPrompt = prompt;
  }
  return calls;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

function valueOf(payload: Payload | undefined): unknown {
  const read = payload && readPayload(payload);
  return read?.kind === 'json' ? read.value : undefined;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

/** Counts are numbers, or objects with a total. */
function countOf(usage: Fields, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = usage[name];
    const count = typeof value === 'number' ? value : fieldsOf(value).total;
    if (typeof count === 'number') return count;
  }
  return undefined;
}

function modelName(asked: unknown): string {
  const fields = fieldsOf(asked);
  const { modelName: camel, model_name: snake, modelId, model } = fields;
  return [camel, snake, modelId, model].find((name): name is string => typeof name === 'string') ?? '';
}

/** What the model said: the items of its output, whichever integration wrote them. */
function partsOf(answer: unknown): readonly AiPart[] {
  const { output, content, parts } = fieldsOf(answer);
  return listOf(output ?? parts ?? fieldsOf(content).parts ?? content).flatMap(partOf);
}

function partOf(item: unknown): readonly AiPart[] {
  const fields = fieldsOf(item);
  const call = fieldsOf(fields.functionCall ?? fields.function_call);
  const tool = fields.toolName ?? fields.tool_name ?? call.name ?? (isCall(fields) ? fields.name : undefined);
  if (typeof tool === 'string') {
    return [
      { by: 'tool call', name: tool, text: textOf(fields.input ?? fields.args ?? fields.arguments ?? call.args) },
    ];
  }
  if (Array.isArray(fields.content)) return fields.content.flatMap(partOf);
  const text = textOf(fields.text ?? (fields.part_kind === 'text' ? fields.content : undefined));
  return text === '' ? [] : [{ by: 'model', text }];
}

function isCall({ type }: Fields): boolean {
  return type === 'function_call' || type === 'tool_use' || type === 'tool-call';
}

/** The latest thing that a person said in what the model was given. */
function lastUserText(asked: unknown): string {
  const fields = fieldsOf(asked);
  const { input, prompt, messages, contents } = { ...fieldsOf(fields.options), ...fieldsOf(fields.request), ...fields };
  const said = input ?? prompt ?? messages ?? contents ?? asked;
  if (typeof said === 'string') return said;
  const last = listOf(said)
    .map(fieldsOf)
    .findLast(({ role }) => role === 'user');
  if (last === undefined) return '';
  const { content = last.parts } = last;
  if (typeof content === 'string') return content;
  return listOf(content)
    .map((item) => textOf(fieldsOf(item).text))
    .filter((text) => text !== '')
    .join('\n');
}

/** Tokens of all calls of a run. */
export function totalTokens(calls: readonly AiCall[]): { readonly input: number; readonly output: number } {
  return {
    input: calls.reduce((sum, { inputTokens = 0 }) => sum + inputTokens, 0),
    output: calls.reduce((sum, { outputTokens = 0 }) => sum + outputTokens, 0),
  };
}
