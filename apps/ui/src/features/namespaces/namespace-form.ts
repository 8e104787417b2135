import type {
  DescribeNamespaceResponse,
  RegisterNamespaceRequest,
  UpdateNamespaceRequest,
} from '@perdure/proto/json-types';
import { durationMs, parseDuration } from '../../lib/time.ts';

/** What the form holds: text as it is typed. */
export interface NamespaceForm {
  readonly name: string;
  /** `3d`, `72h`. */
  readonly retention: string;
  readonly description: string;
  readonly ownerEmail: string;
  /** A JSON object of strings; empty for none. */
  readonly data: string;
}

export const emptyNamespaceForm: NamespaceForm = {
  name: '',
  retention: '3d',
  description: '',
  ownerEmail: '',
  data: '',
};

export function namespaceFormOf({ namespaceInfo = {}, config }: DescribeNamespaceResponse): NamespaceForm {
  const { name = '', description = '', ownerEmail = '', data } = namespaceInfo;
  const retention = retentionText(config?.workflowExecutionRetentionTtl);
  const dataText = data === undefined || Object.keys(data).length === 0 ? '' : JSON.stringify(data, undefined, 2);
  return { name, retention, description, ownerEmail, data: dataText };
}

/** Whole days as days, whole hours as hours, else seconds. */
export function retentionText(duration: string | undefined): string {
  const seconds = (durationMs(duration) ?? 0) / 1000;
  if (seconds % 86_400 === 0) return `${seconds / 86_400}d`;
  return seconds % 3600 === 0 ? `${seconds / 3600}h` : `${seconds}s`;
}

/** What keeps the form from being sent; undefined for nothing. */
export function namespaceProblem({ name, retention, data }: NamespaceForm): keyof NamespaceForm | undefined {
  if (name.trim() === '') return 'name';
  if (parseDuration(retention) === undefined) return 'retention';
  return dataOf(data) === undefined ? 'data' : undefined;
}

/** The data as strings by name; undefined where the text is no object of strings. */
function dataOf(text: string): Readonly<Record<string, string>> | undefined {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return Object.values(value).every((each) => typeof each === 'string')
      ? (value as Record<string, string>)
      : undefined;
  } catch {
    return undefined;
  }
}

export function registerRequest(form: NamespaceForm): RegisterNamespaceRequest {
  return {
    namespace: form.name.trim(),
    workflowExecutionRetentionPeriod: parseDuration(form.retention),
    description: form.description.trim(),
    ownerEmail: form.ownerEmail.trim(),
    data: dataOf(form.data),
  };
}

/** What changed. The server takes an empty description or owner for "as it is". */
export function updateRequest(form: NamespaceForm): UpdateNamespaceRequest {
  return {
    namespace: form.name,
    updateInfo: { description: form.description.trim(), ownerEmail: form.ownerEmail.trim(), data: dataOf(form.data) },
    config: { workflowExecutionRetentionTtl: parseDuration(form.retention) },
  };
}
