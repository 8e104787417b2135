import { priorityProblem, reject, type Rejection } from '@perdure/core';
import { messageType } from '@perdure/proto';
import { EventType } from '@perdure/proto/enums';
import type { Link, Priority } from '@perdure/proto/types';
import type { Scope } from './served-method.ts';

/** Why a request may not carry these links. Temporal: common/links/validator.go. */
export function linksRefusal({ config, namespace }: Scope, links: readonly Link[] | undefined): Rejection | undefined {
  if (links === undefined || links.length === 0) return undefined;
  const linksMax = config.get('frontend.maxLinksPerRequest', { namespace: namespace.name });
  const sizeMax = config.get('frontend.linkMaxSize', { namespace: namespace.name });
  if (links.length > linksMax) {
    return reject.invalidArgument(`cannot attach more than ${linksMax} links per request, got ${links.length}`);
  }
  for (const link of links) {
    const size = messageType('temporal.api.common.v1.Link').encode(link).length;
    if (size > sizeMax) {
      return reject.invalidArgument(`link exceeds allowed size of ${sizeMax}, got ${size}`);
    }
    const problem = linkProblem(link);
    if (problem !== undefined) return reject.invalidArgument(problem);
  }
  return undefined;
}

function linkProblem(link: Link): string | undefined {
  if (link.workflowEvent !== undefined) return eventLinkProblem(link.workflowEvent);
  if (link.batchJob !== undefined) {
    return link.batchJob.jobId ? undefined : 'batch job link must not have an empty job ID';
  }
  if (link.nexusOperation !== undefined) {
    const { namespace, operationId, runId } = link.nexusOperation;
    return missing('nexus operation', { namespace, 'operation ID': operationId, 'run ID': runId });
  }
  if (link.activity !== undefined) {
    const { namespace, activityId, runId } = link.activity;
    return missing('activity', { namespace, 'activity ID': activityId, 'run ID': runId });
  }
  if (link.workflow !== undefined) {
    const { namespace, workflowId, runId } = link.workflow;
    return missing('workflow', { namespace, 'workflow ID': workflowId, 'run ID': runId });
  }
  return 'unsupported link variant';
}

function eventLinkProblem(link: NonNullable<Link['workflowEvent']>): string | undefined {
  const { namespace, workflowId, runId, eventRef } = link;
  const problem = missing('workflow event', { namespace, 'workflow ID': workflowId, 'run ID': runId });
  if (problem !== undefined) return problem;
  const untyped = (eventRef?.eventType ?? EventType.Unspecified) === EventType.Unspecified;
  return untyped && (eventRef?.eventId ?? 0) !== 0
    ? 'workflow event link ref cannot have an unspecified event type and a non-zero event ID'
    : undefined;
}

function missing(link: string, fields: Readonly<Record<string, string | undefined>>): string | undefined {
  const empty = Object.entries(fields).find(([, value]) => value === undefined || value === '');
  return empty === undefined ? undefined : `${link} link must not have an empty ${empty[0]} field`;
}

/** Why a request may not have this priority. */
export function priorityRefusal(priority: Priority | undefined): Rejection | undefined {
  const problem = priorityProblem(priority);
  return problem === undefined ? undefined : reject.invalidArgument(problem);
}
