export interface SignInSearch {
  /** Why it came to nothing, as the server names it. */
  readonly problem?: string;
  readonly signedOut?: boolean;
  /** The address within the UI that was asked for; the server makes sure that it is one. */
  readonly returnUrl?: string;
}

export function readSignInSearch({ problem, signedOut, returnUrl }: Record<string, unknown>): SignInSearch {
  return {
    ...(typeof problem === 'string' && { problem }),
    ...(signedOut === true && { signedOut: true }),
    ...(typeof returnUrl === 'string' && { returnUrl }),
  };
}
