export {
  createDynamicConfig,
  defaultDynamicConfig,
  type ConfiguredValue,
  type DynamicConfig,
  type DynamicConfigResult,
} from './config/dynamic-config.ts';
export { readConfigFile } from './config/read-config-file.ts';
export { ReplaceableConfig } from './config/replaceable-config.ts';
export { parseDynamicConfigValues } from './config/parse-values.ts';
export type { Host, HostTimer } from './host/host.ts';
export { createNodeHost } from './host/node-host.ts';
export type { HttpAddress, ListenAddress, ListenOptions, ListenPorts, UiOptions } from './listeners.ts';
export { logFormatters, type LogFormat } from './observability/log-format.ts';
export { createLogger, errorText, silentLogger, type Logger, type LoggerOptions } from './observability/logger.ts';
export { listenForMetrics, type MetricsListener } from './observability/metrics-listener.ts';
export { createMetricsRegistry, type MetricsRegistry } from './observability/metrics.ts';
export { collectProcessMetrics } from './observability/process-metrics.ts';
export { Readiness } from './observability/readiness.ts';
export { SetUpError, startServer, type RunningServer, type ServerOptions } from './server.ts';
export { ListenError } from './transport/listen-error.ts';
export { UI_ACTIONS, type UiAction } from './transport/http/ui-actions.ts';
export { TlsIdentity, type TlsMaterial } from './transport/tls.ts';
export { authenticatorOf, type Authenticator, type IdentitySource } from './security/authenticator.ts';
export { Identities, type Identity } from './security/identities.ts';
export { readPermissions } from './security/permissions.ts';
export { WebTokens } from './security/web-tokens.ts';
export type { ProviderOptions } from './sign-in/provider.ts';
export type { SignInOptions } from './sign-in/sign-in.ts';
