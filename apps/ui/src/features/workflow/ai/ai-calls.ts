import type { Payload } from '@perdure/proto/json-types';
import { payloadsOf } from '../../../lib/history/events.ts';
import type { EventGroup } from '../../../lib/history/groups.ts';
import { readPayload } from '../../../lib/payload.ts';
import { answerOf, isAnswer, requestOf } from './envelopes.ts';
import {
  type AiPart,
  lastUserText,
  modelName,
  saidIn,
  toolName,
  type ToolResult,
  toolResultsIn,
  type Usage,
  usageOf,
} from './shapes.ts';

/** One activity that asked a model, or that did what a model asked for. */
export interface AiCall {
  readonly kind: 'model' | 'tool';
  /** The model's name, or the tool's. */
  readonly title: string;
  readonly group: EventGroup;
  readonly parts: readonly AiPart[];
  readonly usage: Usage;
  readonly input: readonly Payload[];
  readonly result: readonly Payload[];
}

/**
 * The activities of OpenAI Agents, the Vercel AI SDK, Pydantic AI, Google ADK and GenAI, Deep Agents and Strands that ask a
 * model.
 */
const modelActivity =
  /(invoke_?(embedding_?)?model|__model_request|call_?model|generate_?content|gemini_(api_client|interaction))/i;
/** Those that call a tool of an MCP server or of a tool set. */
const toolActivity = /(-call-?tool(-v2)?|[-_]callTool|__call_tool|invoke_?tool)$/i;

function activitiesOf(groups: readonly EventGroup[]): readonly EventGroup[] {
  return groups.filter(({ kind }) => kind === 'activity' || kind === 'localActivity');
}

/** The activity's type; its group's name may be what the program calls this one. */
function typeOf({ events, name }: EventGroup): string {
  return events[0]?.activityTaskScheduledEventAttributes?.activityType?.name ?? name;
}

/** Whether a run calls models. */
export function asksModels(groups: readonly EventGroup[]): boolean {
  return activitiesOf(groups).some((group, index) => isModelCall(group, index));
}

/** Of so many activities of a run it is looked whether they gave what a model answers. */
const lookedAtMax = 200;
/** Longer than any answer, as base64. */
const answerLengthMax = 1_000_000;
/** What has no such word within is no answer of a model, and need not be read. */
const answerMark = /_tokens"|Tokens"/;

/** By its name; or by its result, for nodes of LangGraph and activities that a program wrote for itself. */
function isModelCall(group: EventGroup, index: number, decoded: Decode = (payload) => payload): boolean {
  if (modelActivity.test(typeOf(group))) return true;
  const [payload] = index < lookedAtMax ? resultOf(group) : [];
  if (payload === undefined) return false;
  const { data = '', metadata } = decoded(payload);
  if (data.length > answerLengthMax || !answerMark.test(atob(data))) return false;
  return isAnswer(valueOf({ data, ...(metadata && { metadata }) }));
}

type Decode = (payload: Payload) => Payload;

function resultOf({ events }: EventGroup): readonly Payload[] {
  return events.at(-1)?.activityTaskCompletedEventAttributes?.result?.payloads ?? [];
}

/** What may have to be decoded before a run's calls are read: what its activities were given and gave. */
export function payloadsOfCalls(groups: readonly EventGroup[]): readonly Payload[] {
  return activitiesOf(groups).flatMap(({ events }) => events.flatMap(payloadsOf).flatMap(([, payloads]) => payloads));
}

/**
 * The calls of a run to models and tools, in their order; none for a run without any call to a model. `decoded` gives
 * what a codec made of a payload.
 */
export function aiCallsOf(groups: readonly EventGroup[], decoded: Decode = (payload) => payload): readonly AiCall[] {
  const activities = activitiesOf(groups);
  const asking = new Set(activities.filter((group, index) => isModelCall(group, index, decoded)));
  if (asking.size === 0) return [];
  const calls: AiCall[] = [];
  const told = new Conversation();
  for (const group of activities) {
    const type = typeOf(group);
    const isModel = asking.has(group);
    if (!isModel && !toolActivity.test(type) && !told.asksFor(type)) continue;
    const named = group.events.flatMap(payloadsOf);
    const input = named.filter(([name]) => name === 'input').flatMap(([, payloads]) => payloads);
    const result = named.filter(([name]) => name === 'result').flatMap(([, payloads]) => payloads);
    const read = (payload: Payload | undefined): unknown => payload && valueOf(decoded(payload));
    const [asked, answer] = [requestOf(read(input[0])), answerOf(read(result[0]))];
    if (isModel) {
      const parts = told.goOn(asked, answer);
      calls.push({
        kind: 'model',
        title: modelName(asked) || modelName(answer) || type,
        group,
        parts,
        usage: usageOf(answer),
        input,
        result,
      });
      continue;
    }
    const title = toolActivity.test(type) ? (input.map(read).map(toolName).find(Boolean) ?? type) : type;
    told.did(title);
    calls.push({ kind: 'tool', title, group, parts: [], usage: noUsage, input, result });
  }
  return calls;
}

const noUsage: Usage = { input: undefined, cached: undefined, output: undefined };

/** What is known of a conversation: each call is given all of it, and only what is new is worth a line. */
class Conversation {
  #lastPrompt = '';
  readonly #askedFor = new Set<string>();
  readonly #done = new Set<string>();
  readonly #told = new Set<string>();

  asksFor(activityType: string): boolean {
    return this.#askedFor.has(plain(activityType));
  }

  /** A tool that is an activity shows what it gave by itself. */
  did(tool: string): void {
    this.#done.add(plain(tool));
  }

  goOn(asked: unknown, answer: unknown): readonly AiPart[] {
    const results = toolResultsIn(asked).filter((result) => this.#isNews(result));
    const prompt = lastUserText(asked);
    const isNewPrompt = prompt !== '' && prompt !== this.#lastPrompt;
    if (isNewPrompt) this.#lastPrompt = prompt;
    const said = saidIn(answer);
    for (const { by, name } of said) if (by === 'tool call' && name !== undefined) this.#askedFor.add(plain(name));
    return [
      ...results.map(({ name, text }): AiPart => ({ by: 'tool result', name, text })),
      ...(isNewPrompt ? [{ by: 'user', text: prompt } as const] : []),
      ...said,
    ];
  }

  #isNews({ id, name }: ToolResult): boolean {
    if (this.#told.has(id)) return false;
    this.#told.add(id);
    return !this.#done.has(plain(name));
  }
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

function valueOf(payload: Payload): unknown {
  const read = readPayload(payload);
  return read.kind === 'json' ? read.value : undefined;
}

/** Tokens of all calls of a run. */
export function totalUsage(calls: readonly AiCall[]): { readonly [Name in keyof Usage]: number } {
  const total = (name: keyof Usage): number => calls.reduce((sum, { usage }) => sum + (usage[name] ?? 0), 0);
  return { input: total('input'), cached: total('cached'), output: total('output') };
}
