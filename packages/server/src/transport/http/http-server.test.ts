import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { describe, test, type TestContext } from 'node:test';
import { GrpcStatus, reject } from '@perdure/core';
import { encodeHistoryEvent } from '@perdure/proto';
import type { CallContext, Handler } from '../../rpc/handler.ts';
import { Readiness } from '../../observability/readiness.ts';
import { CallEnd } from '../call.ts';
import { ListenError } from '../listen-error.ts';
import { statusAnswer } from '../unary.ts';
import { HttpServer, type HttpServerOptions } from './http-server.ts';

const SERVICE = '/temporal.api.workflowservice.v1.WorkflowService';
const WORKFLOW = '/namespaces/n/workflows/w';
const JSON_TYPE = { 'content-type': 'application/json' };

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: unknown;
}

class TestHttp {
  readonly errors: string[] = [];
  readonly server: HttpServer;
  port = 0;

  constructor(handlers: Record<string, Handler>, options: Partial<HttpServerOptions>) {
    this.server = new HttpServer({
      host: '127.0.0.1',
      port: 0,
      handlers: new Map(Object.entries(handlers).map(([name, handler]) => [`${SERVICE}/${name}`, handler])),
      now: () => 1_000,
      reportError: (error) => this.errors.push(String(error)),
      payloads: 'shorthand',
      clientName: 'test-http',
      allowedHosts: [],
      readiness: new Readiness(),
      ...options,
    });
  }

  async ask(method: string, path: string, body?: string, headers: Record<string, string> = {}): Promise<Answer> {
    const sent = httpRequest({ host: '127.0.0.1', port: this.port, method, path, headers, agent: false });
    sent.end(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.setEncoding('utf8');
    let text = '';
    for await (const chunk of response) text += String(chunk);
    const isJson = response.headers['content-type']?.startsWith('application/json') === true;
    const json: unknown = isJson ? JSON.parse(text) : undefined;
    return { status: response.statusCode ?? 0, headers: response.headers, text, json };
  }
}

async function serve(
  context: TestContext,
  handlers: Record<string, Handler>,
  options: Partial<HttpServerOptions> = {},
): Promise<TestHttp> {
  const http = new TestHttp(handlers, options);
  http.port = await http.server.start();
  context.after(() => http.server.drain(0));
  return http;
}

/** Answers with what it was asked, and keeps it. */
function echo(seen: unknown[]): Handler {
  return (request: { namespace?: string }, context: CallContext) => {
    seen.push({ request: { ...request }, headers: Object.fromEntries(context.headers) });
    return { message: {} };
  };
}

describe('calls', () => {
  test('a write brings its body and its path to the handler', async (context) => {
    const seen: { request: unknown }[] = [];
    const http = await serve(context, { SignalWorkflowExecution: echo(seen) });
    const body = '{"namespace":"other","workflowExecution":{"workflowId":"x","runId":"r"},"identity":"me"}';
    const answer = await http.ask('POST', `/namespaces/n%20s/workflows/a%2Fb/signal/..`, body, JSON_TYPE);
    assert.equal(answer.status, 200);
    assert.equal(answer.text, '{}');
    const request = JSON.parse(JSON.stringify(seen[0]?.request)) as unknown;
    assert.deepEqual(request, {
      namespace: 'n s',
      workflowExecution: { workflowId: 'a/b', runId: 'r' },
      identity: 'me',
      signalName: '..',
    });
  });

  test('a caller whose address cannot hold dots writes them with a tilde, and says so', async (context) => {
    const seen: { request: { execution?: { workflowId: string } } }[] = [];
    const http = await serve(context, { DescribeWorkflowExecution: echo(seen) });
    const ask = (id: string, headers: Record<string, string>): Promise<Answer> =>
      http.ask('GET', `/namespaces/n/workflows/${id}`, undefined, headers);
    for (const id of ['~.', '~..', '~~.', '~order', '~...']) await ask(id, { 'x-dot-segments': 'escaped' });
    await ask('~.', {});
    assert.deepEqual(
      seen.map(({ request }) => request.execution?.workflowId),
      ['.', '..', '~.', '~order', '~...', '~.'],
    );
  });

  test('a read brings its query, under both prefixes', async (context) => {
    const seen: { request: object }[] = [];
    const http = await serve(context, { ListWorkflowExecutions: echo(seen) });
    await http.ask('GET', '/namespaces/n/workflows?pageSize=5&query=A%20%3D+1&namespace=other');
    await http.ask('GET', '/api/v1/namespaces/n/workflows?page_size=6');
    assert.deepEqual(
      seen.map(({ request }) => request),
      [
        { namespace: 'n', pageSize: 5, query: 'A = 1' },
        { namespace: 'n', pageSize: 6 },
      ],
    );
  });

  test('headers of the caller reach the handler as metadata', async (context) => {
    const seen: { headers: unknown }[] = [];
    const http = await serve(context, { GetSystemInfo: echo(seen) });
    await http.ask('GET', '/system-info', undefined, {
      authorization: 'Bearer t',
      'grpc-metadata-tenant': 'x',
      'x-odd': 'y',
      'client-name': 'me',
    });
    assert.deepEqual(seen[0]?.headers, {
      'client-name': 'me',
      'client-version': '1.32.0',
      authorization: 'Bearer t',
      tenant: 'x',
    });
  });

  test('a history that came encoded is JSON, payloads by their values unless all of them are wanted', async (context) => {
    const payload = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('[1]') };
    const event = { eventId: 1, workflowExecutionSignaledEventAttributes: { input: { payloads: [payload] } } };
    const handler: Handler = () => ({ message: {}, history: { slices: [encodeHistoryEvent(event)] } });
    const http = await serve(context, { GetWorkflowExecutionHistory: handler });
    const path = `${WORKFLOW}/history`;
    const events = (input: unknown): unknown => ({
      history: { events: [{ eventId: '1', workflowExecutionSignaledEventAttributes: { input } }] },
    });
    assert.deepEqual((await http.ask('GET', path)).json, events([[1]]));
    const full = events({ payloads: [{ metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'WzFd' }] });
    const asked = await http.ask('GET', `${path}?noPayloadShorthand&pretty`);
    assert.deepEqual(asked.json, full);
    assert.match(asked.text, /^\{\n {2}"history"/);
    assert.equal(asked.headers['content-type'], 'application/json+pretty+no-payload-shorthand');
    const accept = { accept: 'application/json+no-payload-shorthand' };
    assert.deepEqual((await http.ask('GET', path, undefined, accept)).json, full);
  });

  test('where payloads are full, nothing else is read', async (context) => {
    const http = await serve(context, { SignalWorkflowExecution: echo([]) }, { payloads: 'full' });
    const answer = await http.ask('POST', `${WORKFLOW}/signal/s?pretty`, '{"input":[1]}', JSON_TYPE);
    assert.equal(answer.status, 400);
  });
});

describe('refusals', () => {
  test('a refusal is google.rpc.Status with its detail, under the HTTP status of its code', async (context) => {
    const http = await serve(context, { DescribeNamespace: () => reject.namespaceNotFound('n') });
    const { status, json, headers } = await http.ask('GET', '/api/v1/namespaces/n');
    assert.equal(status, 404);
    assert.deepEqual(json, {
      code: 5,
      message: 'Namespace n is not found.',
      details: [
        { '@type': 'type.googleapis.com/temporal.api.errordetails.v1.NamespaceNotFoundFailure', namespace: 'n' },
      ],
    });
    assert.equal(headers['access-control-allow-origin'], undefined);
    assert.equal(headers['cache-control'], 'no-store');
  });

  test('what the request itself lacks is refused before any handler', async (context) => {
    const http = await serve(context, { SignalWorkflowExecution: echo([]), ListWorkflowExecutions: echo([]) });
    const cases: [method: string, path: string, body: string | undefined, status: number, message: RegExp][] = [
      ['GET', '/nope', undefined, 404, /^Not Found$/],
      ['PUT', `${WORKFLOW}/signal/s`, '{}', 501, /^Method Not Allowed$/],
      ['GET', `${WORKFLOW}/signal/s`, undefined, 501, /^Method Not Allowed$/],
      ['OPTIONS', `${WORKFLOW}/signal/s`, undefined, 501, /^Method Not Allowed$/],
      ['POST', '/system-info', '{}', 501, /^Method Not Allowed$/],
      ['GET', '/system-info', undefined, 501, /^unknown method GetSystemInfo for service/],
      ['GET', '/namespaces/n/workflows?pageSize=x', undefined, 400, /^parsing field "page_size": /],
      ['GET', '/namespaces/n/workflows?query=%zz', undefined, 400, /^invalid URL escape "%zz"$/],
      ['GET', '/namespaces/n/workflows/%ff', undefined, 400, /UTF-8/],
      ['POST', `${WORKFLOW}/signal/s`, '{', 400, /JSON/],
      ['POST', `${WORKFLOW}/signal/s`, '{} x', 400, /JSON/],
      ['POST', `${WORKFLOW}/signal/s`, '[]', 400, /^expected an object$/],
      ['POST', `${WORKFLOW}/signal/s`, '{"bogus":1}', 400, /^unknown field "bogus"$/],
      ['POST', `${WORKFLOW}/signal/s`, ' '.repeat(4 * 1024 * 1024 + 1), 400, /^http: request body too large$/],
    ];
    for (const [method, path, body, status, message] of cases) {
      const answer = await http.ask(method, path, body, body === undefined ? {} : JSON_TYPE);
      assert.equal(answer.status, status, `${method} ${path}`);
      assert.match((answer.json as { message: string }).message, message);
    }
  });

  test('an exception is told to us and not to the caller', async (context) => {
    const http = await serve(context, {
      GetSystemInfo: () => {
        throw new Error('secret');
      },
    });
    const { status, json } = await http.ask('GET', '/system-info');
    assert.equal(status, 500);
    assert.deepEqual(json, { code: 13, message: 'internal error' });
    assert.deepEqual(http.errors, ['Error: secret']);
  });
});

describe('pages of others', () => {
  test('a name that is not ours is refused, whoever it leads to us', async (context) => {
    const http = await serve(context, { GetSystemInfo: echo([]) }, { allowedHosts: ['*.example.org'] });
    const statusFor = async (host: string): Promise<number> =>
      (await http.ask('GET', '/system-info', '', { host })).status;
    for (const host of ['localhost:1', '127.0.0.1', '[::1]:7243', '10.1.2.3', 'a.example.org', 'LOCALHOST']) {
      assert.equal(await statusFor(host), 200, host);
    }
    for (const host of ['evil.com', 'localhost.evil.com', 'example.org.evil.com', 'a@localhost', 'aexample.org']) {
      assert.equal(await statusFor(host), 403, host);
    }
    const { json } = await http.ask('GET', '/system-info', undefined, { host: 'evil.com' });
    assert.deepEqual(json, { code: 7, message: 'Host not allowed' });
  });

  test('a page of another origin gets nothing, one of our own does', async (context) => {
    const http = await serve(context, { GetSystemInfo: echo([]) });
    const host = `127.0.0.1:${http.port}`;
    for (const origin of ['http://evil.com', 'null', 'http://127.0.0.1:1', `http://127.0.0.1:${http.port}.evil.com`]) {
      assert.equal((await http.ask('GET', '/system-info', undefined, { host, origin })).status, 403, origin);
    }
    assert.equal((await http.ask('GET', '/system-info', undefined, { host, origin: `http://${host}` })).status, 200);
  });

  test('what a form can send is no write', async (context) => {
    const seen: unknown[] = [];
    const http = await serve(context, { TerminateWorkflowExecution: echo(seen) });
    const path = `${WORKFLOW}/terminate`;
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      assert.equal((await http.ask('POST', path, '{}', { 'content-type': type })).status, 415, type);
    }
    assert.equal((await http.ask('POST', path, '{}')).status, 415);
    assert.deepEqual(seen, []);
    assert.equal(
      (await http.ask('POST', path, '{}', { 'content-type': 'application/json; charset=utf-8' })).status,
      200,
    );
    assert.equal((await http.ask('POST', path)).status, 200);
  });
});

describe('calls that wait', () => {
  const waiting = (ended: (context: CallContext) => void): Handler => {
    return (_request: object, context: CallContext) =>
      new Promise((resolve) => {
        context.signal.addEventListener('abort', () => {
          ended(context);
          resolve({ message: {} });
        });
      });
  };

  test('a client that goes away ends its call', async (context) => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const http = await serve(context, { GetWorkflowExecutionHistory: waiting(({ signal }) => resolve(signal.reason)) });
    const sent = httpRequest({ host: '127.0.0.1', port: http.port, path: `${WORKFLOW}/history`, agent: false });
    sent.on('error', () => {});
    sent.end();
    await once(sent, 'socket');
    setTimeout(() => sent.destroy(), 50);
    assert.equal(await promise, CallEnd.Canceled);
  });

  test('a deadline is kept, and known to the handler', async (context) => {
    let deadlineMs: number | undefined;
    const handler = waiting((call) => (deadlineMs = call.deadlineMs));
    const http = await serve(context, { GetWorkflowExecutionHistory: handler });
    const answer = await http.ask('GET', `${WORKFLOW}/history`, undefined, { 'grpc-timeout': '20m' });
    assert.equal(answer.status, 504);
    assert.deepEqual(answer.json, { code: 4, message: 'context deadline exceeded' });
    assert.equal(deadlineMs, 1_020);
  });

  test('a server that stops lets long polls answer', async (context) => {
    const begun = Promise.withResolvers<void>();
    const handler: Handler = (request, call) => {
      begun.resolve();
      return waiting(() => {})(request, call);
    };
    const http = await serve(context, { GetWorkflowExecutionHistory: handler });
    const answer = http.ask('GET', `${WORKFLOW}/history`);
    await begun.promise;
    const drained = http.server.drain(5_000);
    assert.equal((await answer).status, 200);
    await drained;
  });

  test('a reply that found nobody is taken back', async (context) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const reply = Promise.withResolvers<{ message: object }>();
    const handler: Handler = (_request: object, call: CallContext) => {
      call.onUndelivered(resolve);
      call.signal.addEventListener('abort', () => reply.resolve({ message: {} }));
      return reply.promise;
    };
    const http = await serve(context, { GetWorkflowExecutionHistory: handler });
    const sent = httpRequest({ host: '127.0.0.1', port: http.port, path: `${WORKFLOW}/history`, agent: false });
    sent.on('error', () => {});
    sent.end();
    await once(sent, 'socket');
    setTimeout(() => sent.destroy(), 50);
    await promise;
  });
});

test('a port that is taken is a ListenError', async (context) => {
  const http = await serve(context, {});
  const second = new TestHttp({}, { port: http.port });
  await assert.rejects(second.server.start(), (error) => error instanceof ListenError && error.code === 'EADDRINUSE');
});

test('the API describes itself, as far as it is served', async (context) => {
  const http = await serve(context, { ListWorkflowExecutions: echo([]) });
  const { status, text, headers } = await http.ask('GET', '/swagger.json');
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'application/vnd.oai.openapi+json;version=2.0');
  const { paths } = JSON.parse(text) as { readonly paths: object };
  assert.deepEqual(Object.keys(paths), [
    '/namespaces/{namespace}/workflows',
    '/api/v1/namespaces/{namespace}/workflows',
  ]);
  const yaml = await http.ask('GET', '/openapi.yaml');
  assert.equal(yaml.headers['content-type'], 'application/vnd.oai.openapi;version=3.0');
  assert.match(yaml.text, /^openapi: "3\.0\.3"\n/);
  assert.equal((await http.ask('POST', '/openapi.yaml', '{}', JSON_TYPE)).status, 404);
});

test('everything may stand below a path', async (context) => {
  const http = await serve(context, { GetSystemInfo: echo([]) }, { mountPath: ['a', 'b'] });
  assert.equal((await http.ask('GET', '/a/b/system-info')).status, 200);
  assert.equal((await http.ask('GET', '/system-info')).status, 404);
});

test('what is refused never reaches its handler', async (context) => {
  const seen: unknown[] = [];
  const handlers = { SignalWorkflowExecution: echo(seen), TerminateWorkflowExecution: echo(seen) };
  const refused = statusAnswer(GrpcStatus.PermissionDenied, 'not here');
  const refuse = (method: string) => (method === 'TerminateWorkflowExecution' ? refused : undefined);
  const http = await serve(context, handlers, { refuse });
  const { status, json } = await http.ask('POST', `${WORKFLOW}/terminate`, '{}', JSON_TYPE);
  assert.equal(status, 403);
  assert.deepEqual(json, { code: 7, message: 'not here' });
  assert.deepEqual(seen, []);
  assert.equal((await http.ask('POST', `${WORKFLOW}/signal/s`, '{}', JSON_TYPE)).status, 200);
});

test('a server that only shows refuses writes and answers queries of workflows', async (context) => {
  const seen: unknown[] = [];
  const handlers = { QueryWorkflow: echo(seen), TerminateWorkflowExecution: echo(seen), GetSystemInfo: echo(seen) };
  const http = await serve(context, handlers, { isReadOnly: true });
  const { status, json } = await http.ask('POST', `${WORKFLOW}/terminate`, '{}', JSON_TYPE);
  assert.equal(status, 403);
  assert.deepEqual(json, { code: 7, message: 'Write actions are disabled' });
  // An id or a signal that is called query makes no write a read.
  assert.equal((await http.ask('POST', '/namespaces/n/workflows/query/terminate', '{}', JSON_TYPE)).status, 403);
  assert.equal((await http.ask('POST', `${WORKFLOW}/signal/query`, '{}', JSON_TYPE)).status, 403);
  assert.deepEqual(seen, []);
  assert.equal((await http.ask('POST', `${WORKFLOW}/query/q`, '{}', JSON_TYPE)).status, 200);
  assert.equal((await http.ask('GET', '/system-info')).status, 200);
});
