import { isRejection, reject, utf8Length, type Rejection } from '@perdure/core';
import { NamespaceState } from '@perdure/proto/enums';
import type { Namespace } from '../namespaces/namespace.ts';
import type { CallContext, Reply } from './handler.ts';
import type { Scope, ServedMethod, Services } from './served-method.ts';
import type { Tokens } from './tokens.ts';

/** In which states a namespace may be used. Temporal: common/rpc/interceptor/namespace_validator.go. */
export const NamespaceUse = {
  /** Begins something new. */
  Start: [NamespaceState.Registered],
  /** Goes on with what there is. */
  Any: [NamespaceState.Registered, NamespaceState.Deprecated],
} as const satisfies Readonly<Record<string, readonly NamespaceState[]>>;
type NamespaceUse = (typeof NamespaceUse)[keyof typeof NamespaceUse];

const STATE_NAMES: Readonly<Record<NamespaceState, string>> = {
  [NamespaceState.Unspecified]: 'Unspecified',
  [NamespaceState.Registered]: 'Registered',
  [NamespaceState.Deprecated]: 'Deprecated',
  [NamespaceState.Deleted]: 'Deleted',
};

const TokenRefusal = {
  Missing: reject.invalidArgument('Task token not set on request.'),
  Malformed: reject.invalidArgument('Error deserializing task token.'),
  OtherNamespace: reject.invalidArgument('Operation requested with a token from a different namespace.'),
} as const;

interface NamespaceRequest {
  readonly namespace?: string | undefined;
}

const NAMESPACE_MISSING = 'Namespace not set on request.';

/** A method within the namespace that its request names; `missing` is said where it names none. */
export function within<Request extends NamespaceRequest, Message>(
  use: NamespaceUse,
  handler: (scope: Scope, request: Request, context: CallContext) => Promise<Reply<Message>> | Reply<Message>,
  missing: string = NAMESPACE_MISSING,
): ServedMethod<Request, Message> {
  return (services, request, context) => {
    const { namespace: name = '' } = request;
    if (name === '') return reject.invalidArgument(missing);
    const namespace = resolveNamespace(services, name, use);
    if (isRejection(namespace)) return namespace;
    return handler(scopeOf(services, namespace), request, context);
  };
}

interface TokenRequest extends NamespaceRequest {
  readonly taskToken?: Uint8Array | undefined;
}

/** What a method takes for its token. */
export interface TokenUse<Token> {
  read(tokens: Tokens, bytes: Uint8Array): Token | undefined;
  /** The answer to a genuine token of another kind: it names nothing that the method knows. */
  readonly foreign: Rejection;
}

/** A method that is called with a token: the token says which namespace it is. */
export function withToken<Request extends TokenRequest, Token extends { readonly namespaceId: string }, Message>(
  use: TokenUse<Token>,
  handler: (
    scope: Scope,
    request: Request,
    token: Token,
    context: CallContext,
  ) => Promise<Reply<Message>> | Reply<Message>,
): ServedMethod<Request, Message> {
  return (services, request, context) => {
    const { taskToken, namespace: name = '' } = request;
    const tooLong = nameRefusal(services, name);
    if (tooLong !== undefined) return tooLong;
    if (name !== '' && services.namespaces.byName(name) === undefined) return reject.namespaceNotFound(name);
    if (taskToken === undefined || taskToken.length === 0) return TokenRefusal.Missing;
    const token = use.read(services.tokens, taskToken);
    if (token === undefined) {
      return services.tokens.isTask(taskToken) || isTemporalToken(taskToken) ? use.foreign : TokenRefusal.Malformed;
    }
    const namespace = services.namespaces.byId(token.namespaceId);
    if (namespace === undefined) return reject.namespaceNotFound(token.namespaceId);
    if (name !== '' && name !== namespace.name) return TokenRefusal.OtherNamespace;
    const refusal = stateRefusal(namespace, NamespaceUse.Any);
    if (refusal !== undefined) return refusal;
    return handler(scopeOf(services, namespace), request, token, context);
  };
}

/**
 * Whether a Temporal server made the token: a message whose first field is a namespace id. Who moves from there may hold
 * tokens of activities that complete by themselves; they name nothing here, which is what their holders must hear.
 */
function isTemporalToken(bytes: Uint8Array): boolean {
  return bytes[0] === 0x0a && bytes[1] === 0x24;
}

function scopeOf(services: Services, namespace: Namespace): Scope {
  return { ...services, namespace, limits: services.namespaces.limits(namespace.id) };
}

/** The namespace of a request, if it may be used so. */
function resolveNamespace(services: Services, name: string, use: NamespaceUse): Namespace | Rejection {
  const tooLong = nameRefusal(services, name);
  if (tooLong !== undefined) return tooLong;
  const namespace = services.namespaces.byName(name);
  if (namespace === undefined) return reject.namespaceNotFound(name);
  return stateRefusal(namespace, use) ?? namespace;
}

/** Why a name cannot be one of a namespace; undefined where it can. */
export function nameRefusal(services: Services, name: string): Rejection | undefined {
  const { idLengthMax } = services.namespaces.limits('');
  return utf8Length(name) > idLengthMax ? reject.invalidArgument('Namespace length exceeds limit.') : undefined;
}

function stateRefusal(namespace: Namespace, use: NamespaceUse): Rejection | undefined {
  const { name, state } = namespace;
  if ((use as readonly NamespaceState[]).includes(state)) return undefined;
  const allowed = use.map((each) => STATE_NAMES[each]).join(' or ');
  const message = `Namespace has invalid state: ${STATE_NAMES[state]}. Must be ${allowed}.`;
  return reject.namespaceInvalidState(name, state, use, message);
}
