import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRejection } from '@perdure/core';
import { methodsOf, ServiceName } from '@perdure/proto';
import { createDynamicConfig } from '../config/dynamic-config.ts';
import type { Handler, Reply } from '../rpc/handler.ts';
import type { WorkflowMethodName } from '../rpc/served-method.ts';
import { Call } from '../transport/call.ts';
import { rateOf } from './method-rates.ts';
import { withRates } from './with-rates.ts';

/** Handlers that answer at once, but for polls, which the test answers. Its clock stands still until it is moved. */
class Limited {
  nowMs = 0;
  readonly polls: (() => void)[] = [];
  readonly #handlers: ReadonlyMap<string, Handler>;

  constructor(config: Readonly<Record<string, number>>) {
    const values = Object.entries(config).map(([key, value]) => [key, [{ value }]] as const);
    const created = createDynamicConfig(Object.fromEntries(values));
    assert.ok(created.kind === 'config');
    const isKnown = (name: string): boolean => ['a', 'b'].includes(name);
    const answer: Handler = () => ({ message: {} });
    const wait: Handler = () => new Promise((resolve) => this.polls.push(() => resolve({ message: {} })));
    const handlers = methodsOf(ServiceName.Workflow).map(({ path }) => [path, isPoll(path) ? wait : answer] as const);
    this.#handlers = withRates(new Map(handlers), { config: created.config, now: () => this.nowMs, isKnown });
  }

  /** Calls a method. Gives 'reply', or cause, scope and message of the refusal. */
  async call(name: WorkflowMethodName, namespace: string, headers: Record<string, string> = {}): Promise<string> {
    const handler = this.#handlers.get(`/${ServiceName.Workflow}/${name}`);
    const call = new Call({ deadlineMs: undefined, headers: () => new Map(Object.entries(headers)) });
    const reply: Reply = (await handler?.({ namespace } as never, call)) ?? assert.fail(name);
    if (!isRejection(reply)) return 'reply';
    assert.equal(reply.status, 8);
    const { cause, scope } = (reply.detail?.value ?? {}) as { cause?: number; scope?: number };
    return `${String(cause)} ${String(scope)} ${reply.message}`;
  }

  async count(times: number, ...given: Parameters<Limited['call']>): Promise<number> {
    let served = 0;
    for (let index = 0; index < times; index++) served += (await this.call(...given)) === 'reply' ? 1 : 0;
    return served;
  }
}

function isPoll(path: string): boolean {
  return path.includes('Poll');
}

test('a namespace is kept to its rate: what comes at once, then what comes each second', async () => {
  const server = new Limited({ 'frontend.namespaceRPS': 10, 'frontend.namespaceBurstRatio': 2 });
  assert.equal(await server.count(30, 'StartWorkflowExecution', 'a'), 20);
  assert.equal(await server.call('StartWorkflowExecution', 'a'), '1 1 namespace rate limit exceeded');
  assert.equal(await server.call('StartWorkflowExecution', 'b'), 'reply', 'another namespace is none the worse');
  server.nowMs += 500;
  assert.equal(await server.count(30, 'StartWorkflowExecution', 'a'), 5);
  server.nowMs -= 10_000;
  assert.equal(await server.count(30, 'StartWorkflowExecution', 'a'), 0, 'a clock that goes back gives nothing');
});

test('searches have a rate of their own', async () => {
  const server = new Limited({ 'frontend.namespaceRPS.visibility': 3 });
  assert.equal(await server.count(10, 'ListWorkflowExecutions', 'a'), 3);
  assert.equal(await server.call('CountWorkflowExecutions', 'a'), '1 1 namespace rate limit exceeded');
  assert.equal(await server.call('DescribeWorkflowExecution', 'a'), 'reply');
});

test('the server is kept to its rate, whatever namespaces callers make up', async () => {
  const server = new Limited({ 'frontend.rps': 5 });
  let served = 0;
  for (let index = 0; index < 30; index++)
    served += await server.count(1, 'StartWorkflowExecution', `made up ${index}`);
  assert.equal(served, 10);
  assert.equal(await server.call('StartWorkflowExecution', 'a'), '1 2 service rate limit exceeded');
});

test('what is unimportant is refused first', async () => {
  const server = new Limited({ 'frontend.namespaceRPS': 10, 'frontend.namespaceBurstRatio': 1 });
  assert.equal(await server.count(6, 'SignalWorkflowExecution', 'a'), 6);
  assert.equal(await server.count(9, 'DescribeWorkflowExecution', 'a'), 4);
  assert.equal(await server.count(9, 'SignalWorkflowExecution', 'a'), 4, 'questions took nothing from signals');
  const operator = { 'caller-type': 'operator' };
  assert.equal(await server.call('DescribeWorkflowExecution', 'a', operator), 'reply', 'an operator gets through');
});

test('calls of a method that may wait are counted while they do', async () => {
  const server = new Limited({ 'frontend.namespaceCount': 2 });
  const waiting = [server.call('PollWorkflowTaskQueue', 'a'), server.call('PollWorkflowTaskQueue', 'a')];
  assert.equal(await server.call('PollWorkflowTaskQueue', 'a'), '2 1 namespace concurrent poller limit exceeded');
  const others = [server.call('PollActivityTaskQueue', 'a'), server.call('PollWorkflowTaskQueue', 'b')];
  assert.equal(server.polls.length, 4, 'other methods and namespaces have counts of their own');
  server.polls.shift()?.();
  assert.equal(await waiting[0], 'reply');
  const again = server.call('PollWorkflowTaskQueue', 'a');
  assert.equal(server.polls.length, 4, 'a call that is over makes room');
  for (const answer of server.polls) answer();
  await Promise.all([...waiting, ...others, again]);
});

test('made-up namespaces share one count', async () => {
  const server = new Limited({ 'frontend.namespaceCount': 1 });
  const waiting = server.call('PollWorkflowTaskQueue', 'x');
  assert.match(await server.call('PollWorkflowTaskQueue', 'y'), /poller limit/);
  server.polls[0]?.();
  await waiting;
});

test('every method of the service counts against a rate', () => {
  for (const { path } of methodsOf(ServiceName.Workflow)) assert.ok(rateOf(path, false), path);
});
