import { isIP } from 'node:net';
import { UI_ACTIONS, type UiAction } from '@perdure/server';
import { CommandError } from '../command-line/command.ts';
import { isLoopback } from '../server-process/address.ts';
import { parseKeyValues } from '../server-process/key-values.ts';
import { metricsAddress, partAddress, type PartAddress } from './listen-options.ts';
import type { ProductionSettings } from './settings.ts';

/** What the settings mean. Times are in milliseconds. */
export interface ProductionOptions {
  readonly store: { readonly file: string; readonly pragmas: ReadonlyMap<string, string> };
  readonly grpc: PartAddress;
  readonly http: HttpPart | undefined;
  readonly ui: UiPart | undefined;
  readonly metrics: { readonly address: string; readonly port: number };
  readonly authentication: AuthenticationOptions;
  readonly namespaces: readonly string[];
  readonly retentionMs: number;
  /** Undefined: no dynamic configuration. */
  readonly dynamicConfigFile: string | undefined;
  readonly reloadIntervalMs: number;
  readonly announceMs: number;
  readonly drainMs: number;
}

/** Where callers are known from; with neither, everybody may do everything. */
export interface AuthenticationOptions {
  readonly identities: string | undefined;
  readonly tokens: TokenOptions | undefined;
}

export interface TokenOptions {
  readonly keys: { readonly file: string } | { readonly url: URL };
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
  readonly permissionsClaim: string;
}

interface HttpPart extends PartAddress {
  readonly allowedHosts: readonly string[];
}

interface UiPart extends HttpPart {
  readonly publicPath: string;
  readonly codecEndpoint: string;
  readonly codecTakesToken: boolean;
  readonly codecTakesCookies: boolean;
  readonly isReadOnly: boolean;
  readonly disabledActions: readonly UiAction[];
  readonly hidesQueryErrors: boolean;
  readonly countsOnce: boolean;
  /** Undefined: nobody signs in. */
  readonly auth: UiAuthOptions | undefined;
}

/** How readers of the Web UI sign in. */
export interface UiAuthOptions {
  readonly providersFile: string;
  readonly sessionMaxMs: number;
  readonly redirectsToProvider: boolean;
  /** Whether browsers may come without TLS from elsewhere than this machine. */
  readonly isInsecure: boolean;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** Temporal's `system.namespaceMinRetentionLocal`, which a server may lower only while it runs. */
const RETENTION_MIN_MS = 3_600_000;

/** Checks what one setting alone does not show. Throws a `CommandError` that names all that is wrong. */
export function productionOptions(values: ProductionSettings): ProductionOptions {
  const problems: string[] = [];
  if (values['store.file'] === '') {
    problems.push('store.file is missing: name it in the file, as PERDURE_STORE_FILE or as --store-file');
  }
  if (values.retention < RETENTION_MIN_MS) problems.push('retention must be at least 1h');
  if (values.reloadInterval < SECOND_MS) problems.push('reloadInterval must be at least 1s');
  for (const path of ['shutdown.announce', 'shutdown.timeout'] as const) {
    if (values[path] < 0) problems.push(`${path} must not be negative`);
  }
  const options: ProductionOptions = {
    store: { file: values['store.file'], pragmas: readPragmas(values, problems) },
    grpc: partAddress('grpc', values, problems),
    http: values['http.enabled'] ? httpPart(values, problems) : undefined,
    ui: values['ui.enabled'] ? uiPart(values, problems) : undefined,
    metrics: { address: metricsAddress(values, problems), port: values['metrics.port'] },
    authentication: { identities: given(values['authentication.identities']), tokens: readTokens(values, problems) },
    namespaces: values.namespaces,
    retentionMs: values.retention,
    dynamicConfigFile: given(values['dynamicConfig.file']),
    reloadIntervalMs: values.reloadInterval,
    announceMs: values['shutdown.announce'],
    drainMs: values['shutdown.timeout'],
  };
  if (problems.length > 0) throw new CommandError(`the configuration is wrong:\n  ${problems.join('\n  ')}`);
  return options;
}

function httpPart(values: ProductionSettings, problems: string[]): HttpPart {
  return { ...partAddress('http', values, problems), allowedHosts: values['http.allowedHosts'] };
}

function uiPart(values: ProductionSettings, problems: string[]): UiPart {
  return {
    ...partAddress('ui', values, problems),
    allowedHosts: values['ui.allowedHosts'],
    publicPath: values['ui.publicPath'],
    codecEndpoint: values['ui.codecEndpoint'],
    codecTakesToken: values['ui.codecPassAccessToken'],
    codecTakesCookies: values['ui.codecIncludeCredentials'],
    isReadOnly: values['ui.disableWriteActions'],
    disabledActions: uiActions(values['ui.disabledActions'], problems),
    hidesQueryErrors: values['ui.hideWorkflowQueryErrors'],
    countsOnce: values['ui.refreshWorkflowCountsDisabled'],
    auth: uiAuth(values, problems),
  };
}

function uiActions(names: readonly string[], problems: string[]): readonly UiAction[] {
  return names.flatMap((name) => {
    const action = UI_ACTIONS.find((each) => each === name);
    if (action === undefined) problems.push(`ui.disabledActions knows no "${name}": ${UI_ACTIONS.join(', ')}`);
    return action ?? [];
  });
}

function uiAuth(values: ProductionSettings, problems: string[]): UiAuthOptions | undefined {
  const providersFile = given(values['ui.auth.providers']);
  if (providersFile === undefined) return undefined;
  const sessionMaxMs = values['ui.auth.maxSessionDuration'];
  if (sessionMaxMs < MINUTE_MS) problems.push('ui.auth.maxSessionDuration must be at least 1m');
  if (values['authentication.jwt.keysFile'] === '' && values['authentication.jwt.keysUrl'] === '') {
    problems.push('ui.auth.providers needs authentication.jwt, which judges the tokens of who signs in');
  }
  const redirectsToProvider = values['ui.auth.redirectToProvider'];
  return { providersFile, sessionMaxMs, redirectsToProvider, isInsecure: values.insecure };
}

function readPragmas(values: ProductionSettings, problems: string[]): ReadonlyMap<string, string> {
  try {
    return parseKeyValues('store.pragmas', values['store.pragmas']);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    problems.push(error.message);
    return new Map();
  }
}

function readTokens(values: ProductionSettings, problems: string[]): TokenOptions | undefined {
  const issuer = given(values['authentication.jwt.issuer']);
  const audience = given(values['authentication.jwt.audience']);
  const { 'authentication.jwt.keysFile': file, 'authentication.jwt.keysUrl': address } = values;
  if (file === '' && address === '') {
    if ((issuer ?? audience) !== undefined) {
      problems.push('authentication.jwt needs authentication.jwt.keysFile or authentication.jwt.keysUrl');
    }
    return undefined;
  }
  if (file !== '' && address !== '') problems.push('authentication.jwt takes keysFile or keysUrl, not both');
  const rules = { issuer, audience, permissionsClaim: values['authentication.jwt.permissionsClaim'] };
  if (file !== '') return { ...rules, keys: { file } };
  const url = URL.parse(address);
  if (url === null || !isConfidential(url)) {
    problems.push(`authentication.jwt.keysUrl: ${JSON.stringify(address)} is not allowed: must be an https address`);
    return undefined;
  }
  return { ...rules, keys: { url } };
}

function given(text: string): string | undefined {
  return text === '' ? undefined : text;
}

/** Whether nobody on the way can read what is sent there. */
export function isConfidential({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isOwnMachine(hostname));
}

function isOwnMachine(hostname: string): boolean {
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  return hostname === 'localhost' || (isIP(address) !== 0 && isLoopback(address));
}
