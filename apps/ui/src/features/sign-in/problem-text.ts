/** Why a sign-in came to nothing, as the server names it. */
const problems = {
  denied: 'The provider did not let you in, or you stopped there.',
  expired: 'That took too long, or was over already. Please sign in again.',
  unreachable: 'The provider does not answer. Try again in a moment.',
  clock: 'The clocks of the provider and of this server differ too much. Whoever runs them has to set them right.',
  untrusted: 'What the provider said of you is not signed by it, or not meant for this server.',
  unknown:
    'The provider knows you, but this server does not take the token that it gave you: it expects another issuer, audience or signature. Its log says more to whoever runs it.',
  failed: 'The sign-in failed. The log of this server says why to whoever runs it.',
} as const;

export function problemText(problem: string): string {
  return Object.hasOwn(problems, problem) ? problems[problem as keyof typeof problems] : problems.failed;
}
