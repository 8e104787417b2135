import assert from 'node:assert/strict';
import { test } from 'node:test';
import { httpBindings } from './http.ts';
import { openApiYaml, swaggerJson } from './openapi.ts';
import { toYaml } from './openapi/yaml.ts';

type Part = Readonly<Record<string, unknown>>;

const facts = { title: 'API', version: '1.2.3', isServed: () => true };
const swagger = JSON.parse(swaggerJson(facts)) as {
  readonly swagger: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly definitions: Readonly<Record<string, Part>>;
};

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly Part[];
  readonly responses: Readonly<Record<string, { readonly schema: Part }>>;
}

const operations = Object.values(swagger.paths).flatMap((verbs) => Object.values(verbs));

test('every way of calling a method over HTTP is described, each under a name of its own', () => {
  assert.equal(operations.length, httpBindings().length);
  assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
});

test('what is not served is not described', () => {
  const isServed = (path: string) => path.endsWith('/GetSystemInfo');
  const { paths } = JSON.parse(swaggerJson({ ...facts, isServed })) as typeof swagger;
  assert.deepEqual(Object.keys(paths), ['/system-info', '/api/v1/system-info']);
});

test('every reference leads somewhere, and no two types share a name', () => {
  const text = swaggerJson(facts);
  for (const [, name = ''] of text.matchAll(/"#\/definitions\/(\w+)"/g)) assert.ok(swagger.definitions[name], name);
  const { CallbackInfo, callback_v1_CallbackInfo: other } = swagger.definitions;
  assert.ok(CallbackInfo !== undefined && other !== undefined);
  assert.notDeepEqual(CallbackInfo, other);
});

test('a call with parameters in its path and its query', () => {
  const list = swagger.paths['/namespaces/{namespace}/workflows']?.['get'];
  assert.deepEqual(list?.parameters, [
    { name: 'namespace', in: 'path', required: true, type: 'string' },
    { name: 'pageSize', in: 'query', type: 'integer', format: 'int32' },
    { name: 'nextPageToken', in: 'query', type: 'string', format: 'byte' },
    { name: 'query', in: 'query', type: 'string' },
  ]);
  assert.deepEqual(list?.responses['200']?.schema, { $ref: '#/definitions/ListWorkflowExecutionsResponse' });
  const history = swagger.paths['/namespaces/{namespace}/workflows/{execution.workflow_id}/history']?.['get'];
  assert.deepEqual(
    history?.parameters.slice(0, 3).map(({ name, in: place }) => `${String(place)} ${String(name)}`),
    ['path namespace', 'path execution.workflow_id', 'query execution.runId'],
  );
});

test('a call with a body', () => {
  const start = swagger.paths['/namespaces/{namespace}/workflows/{workflow_id}']?.['post'];
  assert.deepEqual(start?.parameters.at(-1), {
    name: 'body',
    in: 'body',
    required: true,
    schema: { $ref: '#/definitions/StartWorkflowExecutionRequest' },
  });
  const { properties } = swagger.definitions['StartWorkflowExecutionRequest'] as { readonly properties: Part };
  assert.deepEqual(properties['workflowRunTimeout'], { type: 'string', description: 'Seconds, such as "1.5s".' });
  assert.deepEqual(properties['completionCallbacks'], { type: 'array', items: { $ref: '#/definitions/Callback' } });
});

test('the newer form is the same in YAML', () => {
  const text = openApiYaml({ ...facts, isServed: (path) => path.endsWith('/GetSystemInfo') });
  assert.equal(
    text.slice(0, text.indexOf('  "/api/v1')),
    `openapi: "3.0.3"
info:
  title: "API"
  version: "1.2.3"
paths:
  "/system-info":
    get:
      tags:
        - "WorkflowService"
      operationId: "GetSystemInfo"
      parameters: []
      responses:
        "200":
          description: "The reply."
          content:
            "application/json":
              schema:
                $ref: "#/components/schemas/GetSystemInfoResponse"
        default:
          description: "Why the call was refused."
          content:
            "application/json":
              schema:
                $ref: "#/components/schemas/Status"
`,
  );
});

test('YAML that no reader takes for something else', () => {
  const json = { yes: 'no', 'a: b': [[1], { x: {} }, []], text: 'a\n# b', deep: [{ a: 1, b: [true, null] }] };
  assert.equal(
    toYaml(json),
    `"yes": "no"
"a: b":
  - - 1
  - x: {}
  - []
text: "a\\n# b"
deep:
  - a: 1
    b:
      - true
      - null
`,
  );
});
