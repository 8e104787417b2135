import { queryOptions } from '@tanstack/react-query';
import { call, getJson } from './client.ts';
import { GrpcCode, hasCode } from './errors.ts';

/** Reads that several features and the shell share. Keys begin with the method's name, then the namespace. */

export const systemInfoQuery = queryOptions({
  queryKey: ['GetSystemInfo'],
  queryFn: ({ signal }) => call('GetSystemInfo', {}, { signal }),
  staleTime: 60_000,
});

export const namespacesQuery = queryOptions({
  queryKey: ['ListNamespaces'],
  queryFn: ({ signal }) => call('ListNamespaces', { pageSize: 1000 }, { signal }),
  staleTime: 30_000,
});

export const clusterInfoQuery = queryOptions({
  queryKey: ['GetClusterInfo'],
  queryFn: ({ signal }) => call('GetClusterInfo', {}, { signal }),
  staleTime: 60_000,
});

export function namespaceQuery(namespace: string) {
  return queryOptions({
    queryKey: ['DescribeNamespace', namespace],
    queryFn: ({ signal }) => call('DescribeNamespace', { namespace }, { signal }),
    staleTime: 30_000,
  });
}

export function searchAttributesQuery(namespace: string) {
  return queryOptions({
    queryKey: ['ListSearchAttributes', namespace],
    queryFn: ({ signal }) => call('ListSearchAttributes', { namespace }, { signal }),
    staleTime: 60_000,
  });
}

/** What an operator may switch off by itself, under the keys of the official UI server. */
const actionKeys = {
  terminate: 'WorkflowTerminateDisabled',
  cancel: 'WorkflowCancelDisabled',
  signal: 'WorkflowSignalDisabled',
  update: 'WorkflowUpdateDisabled',
  reset: 'WorkflowResetDisabled',
  pause: 'WorkflowPauseDisabled',
  batch: 'BatchActionsDisabled',
  start: 'StartWorkflowDisabled',
  activities: 'ActivityCommandsDisabled',
} as const;

export type UiAction = keyof typeof actionKeys;

const uiActions = Object.keys(actionKeys) as readonly UiAction[];

/** How the server was told to show the UI. */
export interface Settings {
  readonly defaultNamespace: string;
  /** Whether writes are switched off. */
  readonly isReadOnly: boolean;
  /** Actions that are switched off by themselves. */
  readonly disabledActions: ReadonlySet<UiAction>;
  /** Whether what workers say of queries that fail is not shown. */
  readonly hidesQueryErrors: boolean;
  /** Whether workflows are counted once, and not again while they are looked at. */
  readonly countsOnce: boolean;
  /** The codec server that the operator chose, empty for none. */
  readonly codecEndpoint: string;
  /** Whether the page may show the reader's token to codec servers. */
  readonly codecTakesToken: boolean;
  /** Whether the browser sends its cookies to that one. */
  readonly codecTakesCookies: boolean;
  /** Where the gRPC service listens, empty where the server does not say. */
  readonly grpcAddress: string;
  readonly signIn: SignInSettings;
}

/** How readers sign in. */
export interface SignInSettings {
  /** Whether they do, other than by what their browser asks. */
  readonly isEnabled: boolean;
  readonly providers: readonly string[];
  /** Whether they are led to the provider at once. */
  readonly redirects: boolean;
}

/** Who has signed in. */
export interface Reader {
  readonly name: string;
  readonly email: string;
}

/** Null for nobody. */
export const readerQuery = queryOptions({
  queryKey: ['reader'],
  queryFn: async ({ signal }): Promise<Reader | null> => {
    try {
      return (await getJson('auth/session', { signal })) as Reader;
    } catch (error) {
      if (hasCode(error, GrpcCode.unauthenticated)) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: async ({ signal }): Promise<Settings> => {
    try {
      return readSettings(await getJson('api/v1/settings', { signal }));
    } catch (error) {
      // A server that is not ours may serve no settings.
      if (hasCode(error, GrpcCode.notFound, GrpcCode.unimplemented)) return readSettings({});
      throw error;
    }
  },
  staleTime: Infinity,
});

function readSettings(json: unknown): Settings {
  const flags = json as Readonly<Record<string, unknown>>;
  const { Auth, DefaultNamespace, DisableWriteActions, Codec, GrpcAddress } = json as {
    Auth?: { Enabled?: boolean; RedirectToProvider?: boolean; Providers?: readonly { Label?: string }[] };
    DefaultNamespace?: string;
    DisableWriteActions?: boolean;
    Codec?: { Endpoint?: string; PassAccessToken?: boolean; IncludeCredentials?: boolean };
    GrpcAddress?: string;
  };
  return {
    defaultNamespace: DefaultNamespace ?? 'default',
    isReadOnly: DisableWriteActions ?? false,
    disabledActions: new Set(uiActions.filter((action) => flags[actionKeys[action]] === true)),
    hidesQueryErrors: flags.HideWorkflowQueryErrors === true,
    countsOnce: flags.RefreshWorkflowCountsDisabled === true,
    codecEndpoint: Codec?.Endpoint ?? '',
    codecTakesToken: Codec?.PassAccessToken ?? false,
    codecTakesCookies: Codec?.IncludeCredentials ?? false,
    grpcAddress: GrpcAddress ?? '',
    signIn: {
      isEnabled: Auth?.Enabled ?? false,
      // The official UI server names none, and has one.
      providers: (Auth?.Providers ?? [{}]).map(({ Label }) => Label ?? 'sso'),
      redirects: Auth?.RedirectToProvider ?? false,
    },
  };
}
