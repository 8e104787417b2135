import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRejection } from '@perdure/core';
import { methodsOf, ServiceName } from '@perdure/proto';
import { CommandType } from '@perdure/proto/enums';
import type { Handler } from '../rpc/handler.ts';
import { InProcessCaller } from '../transport/in-process.ts';
import { accessOf, publicMethods } from './access.ts';
import type { Authenticator } from './authenticator.ts';
import { readPermissions, Role } from './permissions.ts';
import { type DeniedCall, withAuthorization } from './with-authorization.ts';

const paths = [ServiceName.Workflow, ServiceName.Operator].flatMap((service) =>
  methodsOf(service).map(({ path }) => path),
);

/** Every method of the protocol, behind one guard; callers are known by their permissions, which are their token. */
class Guarded {
  readonly reached: string[] = [];
  readonly denied: DeniedCall[] = [];
  readonly #caller: InProcessCaller;

  constructor() {
    const authenticator: Authenticator = {
      identify: async ({ authorization }) =>
        authorization === undefined
          ? undefined
          : { name: authorization, permissions: readPermissions(authorization.split(' ')).permissions },
    };
    const handlers = paths.map((path): [string, Handler] => {
      const handler = (): { message: object } => {
        this.reached.push(path);
        return { message: {} };
      };
      return [path, handler];
    });
    const guarded = withAuthorization(new Map(handlers), authenticator, (call) => this.denied.push(call));
    this.#caller = new InProcessCaller(guarded);
  }

  /** Whether the call got to its handler; where it did not, checks that it was refused as Temporal refuses. */
  async mayCall(path: string, permissions: string | undefined, request: object): Promise<boolean> {
    const before = this.reached.length;
    const headers = new Map(permissions === undefined ? [] : [['authorization', permissions]]);
    const reply = await this.#caller.call(path as `/${typeof ServiceName.Workflow}/PollWorkflowTaskQueue`, request, {
      headers,
    });
    const isReached = this.reached.length > before;
    assert.equal(isRejection(reply), !isReached, path);
    if (isRejection(reply)) assert.deepEqual([reply.status, reply.message], [7, 'Request unauthorized.'], path);
    return isReached;
  }
}

const roleTexts = new Map<number, string>([
  [Role.Read, 'read'],
  [Role.Write, 'write'],
  [Role.Admin, 'admin'],
]);

for (const path of paths) {
  test(`${path} takes its role, in its namespace, and no less`, async () => {
    const guarded = new Guarded();
    const mine = { namespace: 'mine' };
    if (publicMethods.has(path)) {
      assert.ok(await guarded.mayCall(path, undefined, mine));
      return;
    }
    const access = accessOf(path);
    assert.ok(access);
    assert.ok(!(await guarded.mayCall(path, undefined, mine)), 'somebody unknown');
    assert.ok(!(await guarded.mayCall(path, 'mine:worker', mine)), 'a worker alone');
    for (const [role, text] of roleTexts) {
      const isEnough: boolean = role >= access.role;
      assert.equal(await guarded.mayCall(path, `temporal-system:${text}`, mine), isEnough, `system ${text}`);
      assert.equal(
        await guarded.mayCall(path, `temporal-system:${text}`, {}),
        isEnough,
        `system ${text}, no namespace`,
      );
      const isMine: boolean = access.scope === 'namespace' && isEnough;
      assert.equal(await guarded.mayCall(path, `mine:${text}`, mine), isMine, `mine ${text}`);
      assert.ok(!(await guarded.mayCall(path, `mine:${text}`, { namespace: 'theirs' })), 'in another namespace');
      assert.ok(!(await guarded.mayCall(path, `mine:${text}`, {})), 'in no namespace');
    }
  });
}

test('what only reads takes the role to read, and what changes something does not', () => {
  const reads = /^(?:Get|List|Count|Describe|Scan|Query|Validate|Fetch|Poll(?!.*TaskQueue$))/;
  for (const path of paths) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    // As Temporal: what tells of other clusters and of endpoints is for administrators.
    if (/Clusters$|NexusEndpoints?$/.test(name)) assert.equal(accessOf(path)?.role, Role.Admin, name);
    else assert.equal(accessOf(path)?.role === Role.Read, reads.test(name), name);
  }
});

test('a path that is no method has no access', () => {
  for (const path of ['/configs', `/${ServiceName.Workflow}/ListNamespaces/configs`, '']) {
    assert.equal(accessOf(path), undefined);
  }
});

test('commands reach for other namespaces only with the role to write there', async () => {
  const path = `/${ServiceName.Workflow}/RespondWorkflowTaskCompleted`;
  const target = { namespace: 'theirs' };
  const commands = [
    {
      commandType: CommandType.StartChildWorkflowExecution,
      startChildWorkflowExecutionCommandAttributes: target,
    },
    {
      commandType: CommandType.SignalExternalWorkflowExecution,
      signalExternalWorkflowExecutionCommandAttributes: target,
    },
    {
      commandType: CommandType.RequestCancelExternalWorkflowExecution,
      requestCancelExternalWorkflowExecutionCommandAttributes: target,
    },
  ];
  for (const command of commands) {
    const guarded = new Guarded();
    const request = { namespace: 'mine', commands: [{ commandType: CommandType.RecordMarker }, command] };
    assert.ok(!(await guarded.mayCall(path, 'mine:admin', request)));
    assert.ok(!(await guarded.mayCall(path, 'mine:admin theirs:read', request)));
    assert.ok(await guarded.mayCall(path, 'mine:write theirs:write', request));
    assert.ok(await guarded.mayCall(path, 'temporal-system:write', request));
  }
});

test('who was denied what is told, and not why', async () => {
  const guarded = new Guarded();
  await guarded.mayCall(`/${ServiceName.Workflow}/StartWorkflowExecution`, 'mine:read', { namespace: 'mine' });
  await guarded.mayCall(`/${ServiceName.Workflow}/ListNamespaces`, undefined, {});
  assert.deepEqual(guarded.denied, [
    { operation: 'StartWorkflowExecution', namespace: 'mine', caller: 'mine:read' },
    { operation: 'ListNamespaces', namespace: '', caller: undefined },
  ]);
});
