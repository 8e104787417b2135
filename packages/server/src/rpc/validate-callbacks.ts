import { reject, utf8Length, type Rejection } from '@perdure/core';
import type { Callback, Link, UpdateRequest } from '@perdure/proto/types';
import { addressRefusal } from '../callbacks/address-rules.ts';
import type { Scope } from './served-method.ts';

/** Why a start may not have these callbacks; undefined where it may. Temporal: validateWorkflowCompletionCallbacks. */
export function callbacksRefusal(scope: Scope, callbacks: readonly Callback[] | undefined): Rejection | undefined {
  const { config, limits, namespace } = scope;
  if (callbacks === undefined) return undefined;
  if (callbacks.length > limits.callbacksMax) {
    return reject.invalidArgument(`cannot attach more than ${limits.callbacksMax} callbacks to an execution`);
  }
  const here = { namespace: namespace.name };
  const urlMax = config.get('frontend.callbackURLMaxLength', here);
  const headerMax = config.get('frontend.callbackHeaderMaxLength', here);
  const rules = config.get('callback.allowedAddresses', here);
  for (const { nexus, internal } of callbacks) {
    if (internal !== undefined) {
      return reject.invalidArgument('unknown callback variant: *common.Callback_Internal_');
    }
    if (nexus === undefined) return reject.unimplemented('unknown callback variant: <nil>');
    const { url = '', header = {} } = nexus;
    if (utf8Length(url) > urlMax) {
      return reject.invalidArgument(`invalid url: url length longer than max length allowed of ${urlMax}`);
    }
    const refusal = addressRefusal(url, rules);
    if (refusal !== undefined) return refusal;
    const size = Object.entries(header).reduce((sum, [name, value]) => sum + utf8Length(name) + utf8Length(value), 0);
    if (size > headerMax) {
      return reject.invalidArgument(`invalid header: header size longer than max allowed size of ${headerMax}`);
    }
  }
  return undefined;
}

/** The callbacks as they are kept: header names in lower case. */
export function keptCallbacks(callbacks: readonly Callback[] | undefined): readonly Callback[] | undefined {
  return callbacks?.map((callback) => {
    const { url, header = {} } = callback.nexus ?? {};
    const lowered = Object.entries(header).map(([name, value]) => [name.toLowerCase(), value]);
    return { ...callback, nexus: { url, header: Object.fromEntries(lowered) as Record<string, string> } };
  });
}

/**
 * Why an update may not have its callbacks; undefined where it may. Temporal lets an update name any address; here those
 * of starts hold for it too, or whoever may update could have the server call anybody.
 */
export function updateCallbacksRefusal(scope: Scope, request: UpdateRequest): Rejection | undefined {
  const { completionCallbacks: callbacks = [], requestId } = request;
  if (callbacks.length > 0 && !requestId) {
    return reject.invalidArgument('invalid *update.Request: request_id is required when completion_callbacks are set');
  }
  return scope.limits.updateCallbacks ? callbacksRefusal(scope, callbacks) : undefined;
}

/** All links of a request, those of its callbacks included. */
export function allLinks(links: readonly Link[] = [], callbacks: readonly Callback[] = []): readonly Link[] {
  return [...links, ...callbacks.flatMap((callback) => callback.links ?? [])];
}

/** The links that no callback has as well. Temporal: frontend/workflow_handler.go, dedupLinksFromCallbacks. */
export function ownLinks(
  links: readonly Link[] | undefined,
  callbacks: readonly Callback[] = [],
): readonly Link[] | undefined {
  const known = new Set(callbacks.flatMap((callback) => (callback.links ?? []).map((link) => JSON.stringify(link))));
  return known.size === 0 ? links : links?.filter((link) => !known.has(JSON.stringify(link)));
}
