import { type Fields, fieldsOf, firstText, listOf, textOf } from './fields.ts';

/**
 * Readers of what the integrations write: OpenAI Agents (Python and TypeScript), the Vercel AI SDK, Pydantic AI, Google
 * ADK, Deep Agents, Strands. They read what they know and let the rest be; nothing here throws.
 */

/** What was said in one call: by a person, by the model, the tool that the model asked for, or what that gave. */
export interface AiPart {
  readonly by: 'user' | 'reasoning' | 'model' | 'tool call' | 'tool result';
  /** Of a tool call and its result, the tool. */
  readonly name?: string | undefined;
  readonly text: string;
}

/** Tokens of one call. */
export interface Usage {
  /** All that went in, those of the cache too. */
  readonly input: number | undefined;
  /** Those of the input that the provider had in its cache. */
  readonly cached: number | undefined;
  readonly output: number | undefined;
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

export function usageOf(answer: unknown): Usage {
  const fields = fieldsOf(answer);
  const usage = fieldsOf(fields.usage ?? fields.usage_metadata ?? fields.usageMetadata);
  const input = countOf(
    usage,
    'inputTokens',
    'input_tokens',
    'promptTokens',
    'prompt_tokens',
    'request_tokens',
    'prompt_token_count',
    'promptTokenCount',
    // Of embeddings, all that there is.
    'tokens',
  );
  const output = countOf(
    usage,
    'outputTokens',
    'output_tokens',
    'completionTokens',
    'completion_tokens',
    'response_tokens',
    'candidates_token_count',
    'candidatesTokenCount',
  );
  // Anthropic counts what its cache gave apart from the input.
  const apart = countOf(usage, 'cache_read_input_tokens', 'cacheReadInputTokens');
  if (apart !== undefined) return { input: (input ?? 0) + apart, cached: apart, output };
  return { input, cached: cachedOf(usage), output };
}

function cachedOf(usage: Fields): number | undefined {
  const known = countOf(usage, 'cache_read_tokens', 'cached_content_token_count', 'cachedContentTokenCount');
  if (known !== undefined) return known;
  const { cacheRead } = fieldsOf(usage.inputTokens);
  if (typeof cacheRead === 'number') return cacheRead;
  const details = usage.input_tokens_details ?? usage.inputTokensDetails ?? usage.prompt_tokens_details;
  return countOf(fieldsOf(listOf(details)[0] ?? details), 'cached_tokens', 'cachedTokens');
}

export function modelName(asked: unknown): string {
  const { modelName: camel, model_name: snake, modelId, model } = fieldsOf(asked);
  return firstText(camel, snake, modelId, model) ?? '';
}

/** Of an activity that calls a tool by its name. */
export function toolName(asked: unknown): string | undefined {
  const { tool_name: snake, toolName: camel, name } = fieldsOf(asked);
  return firstText(snake, camel, name);
}

/** What the model said: the items of its output, whichever integration wrote them. */
export function saidIn(answer: unknown): readonly AiPart[] {
  const { output, content, parts, message } = fieldsOf(answer);
  return listOf(output ?? parts ?? fieldsOf(content).parts ?? content ?? fieldsOf(message).content).flatMap(partOf);
}

function partOf(item: unknown): readonly AiPart[] {
  const fields = fieldsOf(item);
  if (isReasoning(fields)) {
    const summary = listOf(fields.summary ?? fields.content).map((each) => textOf(fieldsOf(each).text));
    const text = firstText(fields.text, fields.thinking, fields.content) ?? summary.filter(Boolean).join('\n');
    return text === '' ? [] : [{ by: 'reasoning', text }];
  }
  const call = fieldsOf(fields.functionCall ?? fields.function_call ?? fields.toolUse);
  const tool = firstText(fields.toolName, fields.tool_name, call.name, isCall(fields) ? fields.name : undefined);
  if (tool !== undefined) {
    const given = fields.input ?? fields.args ?? fields.arguments ?? call.args ?? call.input;
    return [{ by: 'tool call', name: tool, text: textOf(given) }];
  }
  if (Array.isArray(fields.content)) return fields.content.flatMap(partOf);
  const text = textOf(fields.text ?? (fields.part_kind === 'text' ? fields.content : undefined));
  return text === '' ? [] : [{ by: 'model', text }];
}

function isReasoning({ type, part_kind: kind }: Fields): boolean {
  return type === 'reasoning' || type === 'thinking' || kind === 'thinking';
}

function isCall({ type }: Fields): boolean {
  return type === 'function_call' || type === 'tool_use' || type === 'tool-call';
}

/** What the model was given: the conversation so far, as the integration keeps it. */
function conversationOf(asked: unknown): unknown {
  const fields = fieldsOf(asked);
  const { input, prompt, messages, contents } = { ...fieldsOf(fields.options), ...fieldsOf(fields.request), ...fields };
  return input ?? prompt ?? messages ?? contents ?? asked;
}

/** The latest thing that a person said in what the model was given. */
export function lastUserText(asked: unknown): string {
  const said = conversationOf(asked);
  if (typeof said === 'string') return said;
  const items = listOf(said).map(fieldsOf);
  const turns = items.filter(({ role }) => role === 'user').map(spoken);
  // What a tool gave comes in the name of the user with some.
  const last = turns.findLast((text) => text !== '');
  if (last !== undefined) return last;
  const prompts = items.flatMap(({ parts }) => listOf(parts).map(fieldsOf));
  return textOf(prompts.findLast(({ part_kind: kind }) => kind === 'user-prompt')?.content);
}

function spoken({ content, parts }: Fields): string {
  const said = content ?? parts;
  if (typeof said === 'string') return said;
  const texts = listOf(said).map((item) => textOf(fieldsOf(item).text));
  return texts.filter((text) => text !== '').join('\n');
}

/** What a tool gave the model. */
export interface ToolResult {
  /** Of the call that it answers; the same in each later call. */
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

/** What tools gave, as the model was told. */
export function toolResultsIn(asked: unknown): readonly ToolResult[] {
  const items = listOf(conversationOf(asked)).map(fieldsOf);
  const nameOf = new Map(
    items.filter(isCall).map(({ call_id: id, callId, name }) => [textOf(id ?? callId), textOf(name)]),
  );
  return items.flatMap((item) => {
    if (item.type === 'function_call_output' || item.type === 'function_call_result') {
      const id = textOf(item.call_id ?? item.callId);
      return [{ id, name: firstText(item.name) ?? nameOf.get(id) ?? '', text: outputText(item.output) }];
    }
    return listOf(item.content ?? item.parts)
      .map(fieldsOf)
      .flatMap((part): readonly ToolResult[] => {
        const given = functionResponse(part) ?? strandsResult(part, items);
        if (given !== undefined) return [given];
        if (part.type !== 'tool-result' && part.part_kind !== 'tool-return') return [];
        const id = textOf(part.toolCallId ?? part.tool_call_id);
        const name = firstText(part.toolName, part.tool_name) ?? '';
        return [{ id, name, text: outputText(part.output ?? part.content) }];
      });
  });
}

/** Of Gemini, which need not number its calls. */
function functionResponse(part: Fields): ToolResult | undefined {
  const given = part.functionResponse ?? part.function_response;
  if (given === undefined) return undefined;
  const { id, name, response } = fieldsOf(given);
  const { result = response } = fieldsOf(response);
  return { id: firstText(id) ?? `${textOf(name)} ${textOf(response)}`, name: textOf(name), text: outputText(result) };
}

/** Of Strands, and of Bedrock. */
function strandsResult(part: Fields, items: readonly Fields[]): ToolResult | undefined {
  if (part.toolResult === undefined) return undefined;
  const { toolUseId, content } = fieldsOf(part.toolResult);
  const uses = items.flatMap((item) => listOf(item.content)).map((each) => fieldsOf(fieldsOf(each).toolUse));
  const use = uses.find((each) => each.toolUseId === toolUseId);
  const texts = listOf(content).map((each) => textOf(fieldsOf(each).text ?? fieldsOf(each).json));
  return { id: textOf(toolUseId), name: textOf(use?.name), text: texts.join('\n') };
}

function outputText(output: unknown): string {
  const { value, text } = fieldsOf(output);
  return textOf(value ?? text ?? output);
}
