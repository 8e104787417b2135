import { isIP, isIPv4 } from 'node:net';
import { CommandError } from '../command-line/command.ts';
import { UsageError } from '../command-line/usage-error.ts';

/** The environment variable beside `--insecure`, for scripts that cannot change. */
const INSECURE_VARIABLE = 'PERDURE_INSECURE';

/**
 * The address behind `--ip` and `--ui-ip`: `localhost` or an IP address. One that other machines reach is refused unless
 * the user says that this is meant: nobody who connects has to prove who they are.
 */
export function listenAddress(flag: string, given: string, allowInsecure: boolean): string {
  const address = given === 'localhost' ? '127.0.0.1' : given;
  if (isIP(address) === 0) {
    throw new UsageError(
      `invalid argument ${JSON.stringify(given)} for "--${flag}" flag: must be an IP address or localhost`,
    );
  }
  if (!isLoopback(address) && !allowInsecure) {
    throw new CommandError(
      `--${flag} ${given} is not a loopback address: whoever reaches it can read, start and change workflows, ` +
        `as the development server asks nobody who they are. ` +
        `To allow it, use --insecure or set the environment variable ${INSECURE_VARIABLE}=true.`,
    );
  }
  return address;
}

/** Whether `--insecure` or its variable was given. */
export function allowsInsecure(flag: boolean, environment: Readonly<Record<string, string | undefined>>): boolean {
  return flag || ['1', 'true'].includes((environment[INSECURE_VARIABLE] ?? '').toLowerCase());
}

/** As it is shown and typed: `localhost:7233`, `[::2]:7233`. */
export function hostAndPort(address: string, port: number): string {
  if (address === '127.0.0.1' || address === '::1') return `localhost:${port}`;
  return isIPv4(address) ? `${address}:${port}` : `[${address}]:${port}`;
}

/** Whether only this machine reaches the address. */
export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}
