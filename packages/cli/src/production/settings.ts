import { UI_ACTIONS } from '@perdure/server';
import {
  booleanFlag,
  choiceFlag,
  durationFlag,
  type FlagValues,
  integerFlag,
  listFlag,
  stringFlag,
} from '../command-line/flag.ts';

const PORT_MAX = 65_535;
const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const port = (description: string, value: number) =>
  integerFlag(`${description} 0 takes a free one.`, { default: value, min: 0, max: PORT_MAX });

const address = (description: string) =>
  stringFlag(`${description} An IP address or "localhost".`, { default: '127.0.0.1' });

const certificate = stringFlag('File with the certificate in PEM, intermediate ones after it. With it comes the key.');
const key = stringFlag('File with the private key of the certificate in PEM.');
const clientCa = stringFlag('File with the authorities in PEM whose certificates callers must show (mTLS).');

const allowedHosts = listFlag(
  'Name under which it may be called, beside "localhost" and addresses. "*" stands for any.',
);

/**
 * Every setting of a server in production by its path in the configuration file. The same table names the variables
 * (`PERDURE_GRPC_PORT`) and the flags (`--grpc-port`); docs/production.md is held against it.
 */
export const productionSettings = {
  'store.kind': choiceFlag('What keeps the state. PostgreSQL, for several servers on one store, comes later.', {
    choices: ['sqlite'],
    default: 'sqlite',
  }),
  'store.file': stringFlag('The file that keeps all state. It must be named.'),
  'store.pragmas': listFlag('SQLite pragma as PRAGMA=VALUE.'),
  'grpc.address': address('Where gRPC is served.'),
  'grpc.port': port('Its port.', 7_233),
  'grpc.tls.certificate': certificate,
  'grpc.tls.key': key,
  'grpc.tls.clientCa': clientCa,
  'http.enabled': booleanFlag('Whether the HTTP API is served.', { default: true }),
  'http.address': address('Where the HTTP API is served.'),
  'http.port': port('Its port.', 7_243),
  'http.allowedHosts': allowedHosts,
  'http.tls.certificate': certificate,
  'http.tls.key': key,
  'http.tls.clientCa': clientCa,
  'ui.enabled': booleanFlag('Whether the Web UI is served.', { default: true }),
  'ui.address': address('Where the Web UI is served.'),
  'ui.port': port('Its port.', 8_233),
  'ui.allowedHosts': allowedHosts,
  'ui.publicPath': stringFlag('Path under which the Web UI is served.', { default: '/' }),
  'ui.codecEndpoint': stringFlag('HTTP address of the codec server that the Web UI uses.'),
  'ui.codecPassAccessToken': booleanFlag(
    'Let the page have the token that its reader called with, and show it to codec servers.',
  ),
  'ui.codecIncludeCredentials': booleanFlag('Let browsers send their cookies to that codec server.'),
  'ui.disableWriteActions': booleanFlag('Let the Web UI only show: it offers no actions, and its port refuses them.'),
  'ui.disabledActions': listFlag(
    `Action that the Web UI does not offer and its port refuses: ${UI_ACTIONS.join(', ')}.`,
  ),
  'ui.hideWorkflowQueryErrors': booleanFlag('Do not show what workers say of queries that fail.'),
  'ui.refreshWorkflowCountsDisabled': booleanFlag('Count workflows once, and not again while their list is looked at.'),
  'ui.auth.providers': stringFlag('File with the providers of OpenID Connect at which readers of the Web UI sign in.'),
  'ui.auth.maxSessionDuration': durationFlag('How long who has signed in stays so at most.', { default: 7 * DAY_MS }),
  'ui.auth.redirectToProvider': booleanFlag('Lead to the provider at once, where there is only one.'),
  'ui.tls.certificate': certificate,
  'ui.tls.key': key,
  'ui.tls.clientCa': clientCa,
  'metrics.address': address('Where "/metrics", "/healthz" and "/readyz" are served, without TLS.'),
  'metrics.port': port('Its port.', 9_233),
  'metrics.allowRemote': booleanFlag(
    'Allow an address other than loopback, although whoever reaches it can read the names of namespaces and the load.',
  ),
  'authentication.identities': stringFlag('File with the callers who are known by API keys or client certificates.'),
  'authentication.jwt.keysFile': stringFlag('File with the JSON Web Key Set by which tokens are verified.'),
  'authentication.jwt.keysUrl': stringFlag('Address of that set, instead of a file; https, or http on loopback.'),
  'authentication.jwt.issuer': stringFlag('What the claim "iss" of a token must be. Without it, any.'),
  'authentication.jwt.audience': stringFlag('What the claim "aud" of a token must contain. Without it, any.'),
  'authentication.jwt.permissionsClaim': stringFlag('The claim that lists permissions.', { default: 'permissions' }),
  namespaces: listFlag('Namespace to have from the start.'),
  retention: durationFlag('How long closed workflows are kept in those of them that are new.', {
    default: 72 * HOUR_MS,
  }),
  'dynamicConfig.file': stringFlag(
    "File of dynamic configuration in Temporal's form. It may change while the server runs.",
  ),
  reloadInterval: durationFlag('How often that file, certificates and keys are looked at for changes.', {
    default: 10 * SECOND_MS,
  }),
  'shutdown.announce': durationFlag(
    'How long the server says that it is not ready before it takes no more, so that load balancers notice.',
  ),
  'shutdown.timeout': durationFlag('How long requests under way may take then.', { default: 30 * SECOND_MS }),
  'log.level': choiceFlag('The least urgent log entries that are written.', {
    choices: ['debug', 'info', 'warn', 'error', 'never'],
    default: 'info',
  }),
  'log.format': choiceFlag('Format of log entries.', { choices: ['text', 'json'], default: 'json' }),
  insecure: booleanFlag('Allow addresses other than loopback although callers need not prove who they are.'),
};

export type SettingPath = keyof typeof productionSettings;

/** The value of each setting, by its path. Durations are in milliseconds. */
export type ProductionSettings = FlagValues<typeof productionSettings>;

export const settingPaths = Object.keys(productionSettings) as SettingPath[];

/** The variable that stands for a setting: `grpc.tls.clientCa` is `PERDURE_GRPC_TLS_CLIENT_CA`. */
export function variableName(path: string): string {
  return `PERDURE_${words(path).join('_').toUpperCase()}`;
}

/** The flag, without dashes: `grpc-tls-client-ca`. Of a list, which a flag gives one item of, `namespace`. */
export function flagName(path: SettingPath): string {
  const name = words(path).join('-');
  return productionSettings[path].kind === 'list' ? name.replace(/s$/, '') : name;
}

function words(path: string): string[] {
  return path.split(/\.|(?=[A-Z])/).map((word) => word.toLowerCase());
}
