/**
 * What integrations wrap a model's request and answer in: streams of events, HTTP bodies, serialized objects. Taken out of
 * it they have the shapes that `shapes.ts` reads.
 */
import { type Fields, fieldsOf, firstText, listOf, textOf } from './fields.ts';

/** What the model was asked. */
export function requestOf(asked: unknown): unknown {
  const fields = fieldsOf(asked);
  // Google ADK, where it streams.
  if (fields.llm_request !== undefined) return fields.llm_request;
  // Google GenAI: an HTTP request.
  const path = firstText(fields.path);
  if (path !== undefined && fields.request_dict !== undefined) {
    const [, model = path] = /models\/([^:/]+)/.exec(path) ?? [];
    return { ...fieldsOf(fields.request_dict), model };
  }
  // LangGraph: what a node was given.
  if (fields.langgraph_config !== undefined) return requestOf(listOf(fields.args)[0]);
  const { messages } = fields;
  return Array.isArray(messages) && messages.some(isLangChain)
    ? { ...fields, messages: messages.map(ofLangChain) }
    : asked;
}

/** What the model answered. */
export function answerOf(answer: unknown): unknown {
  if (Array.isArray(answer)) return ofEvents(answer);
  const fields = fieldsOf(answer);
  // LangGraph: what a node gave, or the command that it gave.
  if (fields.langgraph_command !== undefined) {
    return answerOf(fields.result ?? fieldsOf(fields.langgraph_command).update ?? {});
  }
  // Google GenAI: HTTP bodies, several where it streams.
  if (typeof fields.body === 'string') return ofGemini([fields]);
  if (Array.isArray(fields.chunks)) return ofGemini(fields.chunks);
  if (isLangChain(fields.message)) return ofLangChain(fields.message);
  if (Array.isArray(fields.messages)) return ofLangChain(fields.messages.findLast(isLangChainAnswer));
  // Chat completions of OpenAI.
  const [choice] = listOf(fields.choices);
  if (choice !== undefined) return ofChat(fieldsOf(fieldsOf(choice).message), fields);
  return answer;
}

function ofEvents(events: readonly unknown[]): unknown {
  // OpenAI Agents: the last of its events has all of the response.
  const done = events.map((event) => fieldsOf(fieldsOf(event).response)).findLast(({ output }) => output !== undefined);
  if (done !== undefined) return done;
  if (events.some((event) => strandsDelta(fieldsOf(event)) !== undefined)) return ofStrands(events.map(fieldsOf));
  // Google ADK: responses, of which those that are parts of a later one say so.
  const whole = events.map(fieldsOf).filter(({ partial }) => partial !== true);
  return mergedGemini(whole);
}

/** A model's answers, one after the other, as one. */
function mergedGemini(answers: readonly Fields[]): unknown {
  const usage = answers.findLast((answer) => answer.usageMetadata ?? answer.usage_metadata);
  return {
    parts: answers.flatMap(({ content }) => listOf(fieldsOf(content).parts)),
    usage: usage?.usageMetadata ?? usage?.usage_metadata,
    model: answers.map((answer) => answer.modelVersion ?? answer.model_version).find(Boolean),
  };
}

function ofGemini(replies: readonly unknown[]): unknown {
  const bodies = replies.map((reply) => fieldsOf(parsed(fieldsOf(reply).body)));
  return mergedGemini(bodies.map((body) => ({ ...body, content: fieldsOf(listOf(body.candidates)[0]).content })));
}

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(textOf(text));
  } catch {
    return undefined;
  }
}

/** What an event of a stream of Strands adds, in Python's words or in TypeScript's. */
function strandsDelta(event: Fields): Fields | undefined {
  const delta = event.type === 'modelContentBlockDeltaEvent' ? event.delta : fieldsOf(event.contentBlockDelta).delta;
  return delta === undefined ? undefined : fieldsOf(delta);
}

function ofStrands(events: readonly Fields[]): unknown {
  const content: { type: string; text?: string; toolName?: string; input?: string }[] = [];
  let usage: unknown;
  for (const event of events) {
    const { start } = event.type === 'modelContentBlockStartEvent' ? event : fieldsOf(event.contentBlockStart);
    const tool = fieldsOf(fieldsOf(start).toolUse ?? start);
    const toolName = firstText(tool.name);
    if (toolName !== undefined) content.push({ type: 'tool-call', toolName, input: '' });
    const { text, input, toolUse, reasoningContent, type } = strandsDelta(event) ?? {};
    const given = firstText(input, fieldsOf(toolUse).input);
    const last = content.at(-1);
    if (given !== undefined && last?.type === 'tool-call') last.input += given;
    const thought = firstText(fieldsOf(reasoningContent).text, type === 'reasoningContentDelta' ? text : undefined);
    addText(content, thought === undefined ? 'text' : 'reasoning', thought ?? firstText(text));
    usage = fieldsOf(event.metadata).usage ?? (event.type === 'modelMetadataEvent' ? event.usage : undefined) ?? usage;
  }
  return { content, usage };
}

function addText(content: { type: string; text?: string }[], type: string, text: string | undefined): void {
  if (text === undefined || text === '') return;
  const last = content.at(-1);
  if (last?.type === type) last.text = `${last.text ?? ''}${text}`;
  else content.push({ type, text });
}

/** Messages of LangChain, as its serializer writes them or as Pydantic does. */
function isLangChain(value: unknown): boolean {
  const { lc, kwargs, type, content } = fieldsOf(value);
  if (lc !== undefined && kwargs !== undefined) return true;
  return content !== undefined && (type === 'ai' || type === 'human' || type === 'tool' || type === 'system');
}

function isLangChainAnswer(value: unknown): boolean {
  return isLangChain(value) && ofLangChain(value).role === 'assistant';
}

const roles: Readonly<Record<string, string>> = { human: 'user', ai: 'assistant', tool: 'tool', system: 'system' };

function ofLangChain(value: unknown): Fields {
  const { lc, id, kwargs } = fieldsOf(value);
  const message = fieldsOf(lc === undefined ? value : kwargs);
  const named =
    firstText(message.type) ??
    textOf(listOf(id).at(-1))
      .replace(/Message(Chunk)?$/, '')
      .toLowerCase();
  const role = roles[named] ?? named;
  const said =
    typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : listOf(message.content);
  const calls = listOf(message.tool_calls).map((call) => {
    const { name, args, id: toolCallId } = fieldsOf(call);
    return { type: 'tool-call', toolName: name, input: args, toolCallId };
  });
  const { input_token_details: details, ...usage } = fieldsOf(message.usage_metadata);
  const result = {
    type: 'tool-result',
    toolCallId: message.tool_call_id,
    toolName: message.name,
    output: message.content,
  };
  return {
    role,
    content: role === 'tool' ? [result] : [...said.filter((part) => fieldsOf(part).type !== 'tool_use'), ...calls],
    usage: { ...usage, cache_read_tokens: fieldsOf(details).cache_read },
    model: fieldsOf(message.response_metadata).model_name,
  };
}

function ofChat({ content, tool_calls: calls }: Fields, { usage, model }: Fields): Fields {
  const asked = listOf(calls).map((call) => {
    const { name, arguments: input } = fieldsOf(fieldsOf(call).function);
    return { type: 'tool-call', toolName: name, input };
  });
  return { content: [...(content ? [{ type: 'text', text: content }] : []), ...asked], usage, model };
}

/** Whether a value is what a model answers, whoever gave it: its tokens are counted, and it says something. */
export function isAnswer(value: unknown): boolean {
  const { usage, content, output, choices } = fieldsOf(answerOf(value));
  const counts = fieldsOf(usage);
  const isCounted = ['input_tokens', 'prompt_tokens', 'inputTokens', 'promptTokens'].some((name) => name in counts);
  return isCounted && [content, output, choices].some(Array.isArray);
}
