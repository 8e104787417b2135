import type { UiAction } from './ui-actions.ts';

/** What the Web UI should know of its server. */
export interface UiSettings {
  /** Of a codec server that decodes payloads; empty for none. */
  readonly codecEndpoint: string;
  /** Whether the page may show the token of its reader to codec servers. */
  readonly codecTakesToken: boolean;
  /** Whether the browser sends its cookies to that codec server. */
  readonly codecTakesCookies: boolean;
  readonly isNewsFetchDisabled: boolean;
  /** Whether it offers no writes. */
  readonly isReadOnly: boolean;
  /** Actions that it does not offer. */
  readonly disabledActions: readonly UiAction[];
  /** Whether it does not show what workers say of queries that fail. */
  readonly hidesQueryErrors: boolean;
  /** Whether it counts workflows once, and not again while the list is looked at. */
  readonly countsOnce: boolean;
  /** Where the gRPC service listens, such as `127.0.0.1:7233`; empty before it does. */
  readonly grpcAddress: string;
  /** How readers sign in; undefined: they do not. */
  readonly auth: object | undefined;
}

/**
 * The version of the official UI server whose settings these are: its UI asks for at least 2.45.3, for paths that are
 * encoded once and for the paths of activities as they are now.
 */
const UI_SERVER_VERSION = '2.53.3';

/** `GET /api/v1/settings` as the official UI server answers it (temporalio/ui, server/server/api/handler.go). */
export function uiSettings(settings: UiSettings): object {
  const { codecEndpoint, codecTakesToken, codecTakesCookies, isNewsFetchDisabled, isReadOnly, grpcAddress, auth } =
    settings;
  const isOff = (action: UiAction): boolean => settings.disabledActions.includes(action);
  return {
    Auth: auth ?? { Enabled: false, Options: null, RedirectToProvider: false },
    BannerText: '',
    DefaultNamespace: 'default',
    ShowTemporalSystemNamespace: false,
    NavCollapsedByDefault: false,
    FeedbackURL: '',
    NotifyOnNewVersion: false,
    DisableNewsFetch: isNewsFetchDisabled,
    Codec: {
      Endpoint: codecEndpoint,
      PassAccessToken: codecTakesToken,
      IncludeCredentials: codecTakesCookies,
      DefaultErrorMessage: '',
      DefaultErrorLink: '',
    },
    Version: UI_SERVER_VERSION,
    DisableWriteActions: isReadOnly,
    WorkflowTerminateDisabled: isOff('terminate'),
    WorkflowCancelDisabled: isOff('cancel'),
    WorkflowSignalDisabled: isOff('signal'),
    WorkflowUpdateDisabled: isOff('update'),
    WorkflowResetDisabled: isOff('reset'),
    WorkflowPauseDisabled: isOff('pause'),
    BatchActionsDisabled: isOff('batch'),
    StartWorkflowDisabled: isOff('start'),
    HideWorkflowQueryErrors: settings.hidesQueryErrors,
    RefreshWorkflowCountsDisabled: settings.countsOnce,
    ActivityCommandsDisabled: isOff('activities'),
    // Not in the official one's: for programs that a reader copies.
    GrpcAddress: grpcAddress,
  };
}
