import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerOf, isAnswer, requestOf } from './envelopes.ts';
import { type AiPart, lastUserText, modelName, saidIn, toolResultsIn, usageOf } from './shapes.ts';

/** What a reader sees of one call. */
function shown(asked: unknown, answer: unknown) {
  const [request, reply] = [requestOf(asked), answerOf(answer)];
  const word = ({ by, name = '', text }: AiPart): string => `${by} ${name}: ${text}`;
  return {
    model: modelName(request) || modelName(reply),
    asked: lastUserText(request),
    told: toolResultsIn(request).map(({ name, text }) => `${name}: ${text}`),
    said: saidIn(reply).map(word),
    usage: usageOf(reply),
  };
}

const expected = {
  model: 'large-1',
  asked: 'Weather in Oslo?',
  told: ['getWeather: rain'],
  said: ['reasoning : The weather is known.', 'model : It rains.', 'tool call getWeather: {"city":"Bergen"}'],
  usage: { input: 100, cached: 60, output: 9 },
};

test('Google ADK: a list of responses, without those that a later one holds', () => {
  const contents = [
    { role: 'user', parts: [{ text: 'Weather in Oslo?' }] },
    { role: 'user', parts: [{ functionResponse: { id: '1', name: 'getWeather', response: { result: 'rain' } } }] },
  ];
  const parts = [{ text: 'It rains.' }, { functionCall: { id: '2', name: 'getWeather', args: { city: 'Bergen' } } }];
  const usageMetadata = { promptTokenCount: 100, cachedContentTokenCount: 60, candidatesTokenCount: 9 };
  const answer = [
    { content: { role: 'model', parts: [{ text: 'It ' }] }, partial: true },
    { content: { role: 'model', parts }, usageMetadata },
  ];
  const { said, ...rest } = expected;
  const wanted = { ...rest, said: said.slice(1) };
  assert.deepEqual(shown({ model: 'large-1', contents }, answer), wanted);
  assert.deepEqual(shown({ llm_request: { model: 'large-1', contents }, streaming_topic: 'x' }, answer), wanted);
});

test('Google GenAI: HTTP requests and bodies, one or a stream of them', () => {
  const request_dict = {
    contents: [
      { role: 'user', parts: [{ text: 'Weather in Oslo?' }] },
      { role: 'user', parts: [{ functionResponse: { name: 'getWeather', response: { result: 'rain' } } }] },
    ],
  };
  const asked = { http_method: 'post', path: 'models/large-1:generateContent', request_dict };
  const body = (parts: readonly object[], more: object = {}): object => ({
    headers: {},
    body: JSON.stringify({ candidates: [{ content: { role: 'model', parts } }], ...more }),
  });
  const usageMetadata = { promptTokenCount: 100, cachedContentTokenCount: 60, candidatesTokenCount: 9 };
  const [text, call] = [{ text: 'It rains.' }, { functionCall: { name: 'getWeather', args: { city: 'Bergen' } } }];
  const { said, ...rest } = expected;
  const wanted = { ...rest, said: said.slice(1) };
  assert.deepEqual(shown(asked, body([text, call], { usageMetadata })), wanted);
  assert.deepEqual(shown(asked, { chunks: [body([text]), body([call], { usageMetadata })] }), wanted);
});

const langChain = (name: string, kwargs: object): object => ({
  lc: 1,
  type: 'constructor',
  id: ['langchain', 'schema', 'messages', name],
  kwargs,
});

const aiMessage = {
  type: 'ai',
  content: [
    { type: 'reasoning', text: 'The weather is known.' },
    { type: 'text', text: 'It rains.' },
    { type: 'tool_use', name: 'getWeather' },
  ],
  tool_calls: [{ name: 'getWeather', args: { city: 'Bergen' }, id: '2' }],
  usage_metadata: { input_tokens: 100, output_tokens: 9, input_token_details: { cache_read: 60 } },
  response_metadata: { model_name: 'large-1' },
};
const toolMessage = { type: 'tool', content: 'rain', name: 'getWeather', tool_call_id: '1' };

test('Deep Agents: messages as LangChain serializes them', () => {
  const messages = [langChain('HumanMessage', { content: 'Weather in Oslo?' }), langChain('ToolMessage', toolMessage)];
  const answer = { message: langChain('AIMessage', aiMessage) };
  assert.deepEqual(shown({ model_name: 'large-1', messages }, answer), expected);
});

test('LangGraph: what a node was given and gave', () => {
  const messages = [{ type: 'human', content: 'Weather in Oslo?' }, toolMessage];
  const asked = { args: [{ messages }], kwargs: {}, langgraph_config: {} };
  const gave = { result: { messages: [aiMessage] }, langgraph_command: null, langgraph_interrupts: null };
  assert.deepEqual(shown(asked, gave), expected);
  assert.ok(isAnswer(gave));
  assert.ok(!isAnswer({ ...gave, result: { messages: [toolMessage] } }));
  assert.ok(!isAnswer({ ...gave, result: { documents: ['input_tokens'] } }));
});

const strandsMessages = [
  { role: 'user', content: [{ text: 'Weather in Oslo?' }] },
  { role: 'assistant', content: [{ toolUse: { toolUseId: '1', name: 'getWeather', input: {} } }] },
  { role: 'user', content: [{ toolResult: { toolUseId: '1', content: [{ text: 'rain' }] } }] },
];
// Bedrock counts what its cache gave apart.
const strandsUsage = { inputTokens: 40, outputTokens: 9, cacheReadInputTokens: 60 };

test('Strands for Python: the events of a stream', () => {
  const delta = (value: object): object => ({ contentBlockDelta: { delta: value } });
  const answer = [
    { messageStart: { role: 'assistant' } },
    delta({ reasoningContent: { text: 'The weather ' } }),
    delta({ reasoningContent: { text: 'is known.' } }),
    delta({ text: 'It ' }),
    delta({ text: 'rains.' }),
    { contentBlockStart: { start: { toolUse: { toolUseId: '2', name: 'getWeather' } } } },
    delta({ toolUse: { input: '{"city":' } }),
    delta({ toolUse: { input: '"Bergen"}' } }),
    { metadata: { usage: strandsUsage } },
  ];
  assert.deepEqual(shown({ model_name: 'large-1', messages: strandsMessages }, answer), expected);
});

test('Strands for TypeScript: the same in its words', () => {
  const delta = (value: object): object => ({ type: 'modelContentBlockDeltaEvent', delta: value });
  const answer = [
    delta({ type: 'reasoningContentDelta', text: 'The weather is known.' }),
    delta({ type: 'textDelta', text: 'It rains.' }),
    { type: 'modelContentBlockStartEvent', start: { type: 'toolUseStart', name: 'getWeather', toolUseId: '2' } },
    delta({ type: 'toolUseInputDelta', input: '{"city":"Bergen"}' }),
    { type: 'modelMetadataEvent', usage: strandsUsage },
  ];
  assert.deepEqual(shown({ modelName: 'large-1', messages: strandsMessages }, answer), expected);
});

test('activities that a program wrote for itself: answers of Anthropic and of chat completions', () => {
  const anthropic = {
    type: 'message',
    model: 'large-1',
    content: [
      { type: 'text', text: 'It rains.' },
      { type: 'tool_use', name: 'getWeather', input: { city: 'Bergen' } },
    ],
    usage: { input_tokens: 40, cache_read_input_tokens: 60, output_tokens: 9 },
  };
  const call = { function: { name: 'getWeather', arguments: '{"city":"Bergen"}' } };
  const chat = {
    model: 'large-1',
    choices: [{ message: { role: 'assistant', content: 'It rains.', tool_calls: [call] } }],
    usage: { prompt_tokens: 100, completion_tokens: 9, prompt_tokens_details: { cached_tokens: 60 } },
  };
  const { model, said, usage } = expected;
  for (const answer of [anthropic, chat]) {
    assert.ok(isAnswer(answer));
    const { told: _, asked: __, ...read } = shown({}, answer);
    assert.deepEqual(read, { model, said: said.slice(1), usage });
  }
});
