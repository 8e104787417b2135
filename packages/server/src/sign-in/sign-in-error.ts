/** Why nobody is signed in, as the page tells it. The page has the words: nothing that comes from elsewhere is shown. */
export type SignInProblem =
  /** The provider was told not to, or will not. */
  | 'denied'
  /** It took too long, or is over already. */
  | 'expired'
  /** The provider does not answer, or not as one. */
  | 'unreachable'
  /** Its clock and ours differ. */
  | 'clock'
  /** What it says of the reader is not signed by it, not for us, or not for this sign-in. */
  | 'untrusted'
  /** It knows the reader, but this server does not take its token. */
  | 'unknown'
  /** Anything else, such as a secret that is wrong. */
  | 'failed';

/** A sign-in that came to nothing. The message is for the log, and holds no token. */
export class SignInError extends Error {
  override readonly name = 'SignInError';
  readonly problem: SignInProblem;

  constructor(problem: SignInProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}

/** What the library throws, as far as it is looked at. */
interface ProtocolError {
  readonly code?: unknown;
  readonly error?: unknown;
  readonly error_description?: unknown;
  readonly status?: unknown;
  readonly cause?: unknown;
}

/** Answers of a provider whose reader is not let through. RFC 6749, 4.1.2.1; OpenID Connect Core, 3.1.2.6. */
const DENIALS = [
  'access_denied',
  'login_required',
  'consent_required',
  'interaction_required',
  'account_selection_required',
];

/** What went wrong while a provider was asked, of what the library throws. */
export function signInError(thrown: unknown): SignInError {
  if (thrown instanceof SignInError) return thrown;
  const { code, error, error_description: description, status, cause } = thrown as ProtocolError;
  const reason = causeText(cause);
  const parts = [(thrown as Error).message, error, description, reason].filter((part) => typeof part === 'string');
  return new SignInError(problemOf(code, error, status), parts.join(': '));
}

/** What went wrong elsewhere, such as in the store, is nothing that a reader could mend. */
export function asSignInError(thrown: unknown): SignInError {
  return thrown instanceof SignInError ? thrown : new SignInError('failed', String(thrown));
}

/** Whether the provider has said that a refresh token is good no more. */
export function isGrantOver(thrown: unknown): boolean {
  return (thrown as ProtocolError).error === 'invalid_grant';
}

function problemOf(code: unknown, error: unknown, status: unknown): SignInProblem {
  switch (code) {
    case 'OAUTH_AUTHORIZATION_RESPONSE_ERROR':
      if (DENIALS.includes(String(error))) return 'denied';
      return error === 'temporarily_unavailable' || error === 'server_error' ? 'unreachable' : 'failed';
    case 'OAUTH_RESPONSE_BODY_ERROR':
      return Number(status) >= 500 ? 'unreachable' : 'failed';
    case 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED':
      return 'clock';
    case 'OAUTH_JWT_CLAIM_COMPARISON_FAILED':
    case 'OAUTH_KEY_SELECTION_FAILED':
    case 'OAUTH_INVALID_RESPONSE':
      return 'untrusted';
    case 'OAUTH_TIMEOUT':
    case 'OAUTH_RESPONSE_IS_NOT_CONFORM':
    case 'OAUTH_RESPONSE_IS_NOT_JSON':
    case 'OAUTH_PARSE_ERROR':
    // What `fetch` rejects with has none.
    case undefined:
      return 'unreachable';
    default:
      return 'failed';
  }
}

/** Of an error; not of claims, which a cause may be, too. */
function causeText(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  const { code } = cause as ProtocolError;
  return typeof code === 'string' && !cause.message.includes(code) ? `${code} ${cause.message}` : cause.message;
}
