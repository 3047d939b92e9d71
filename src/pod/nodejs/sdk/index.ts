/**
 * The module `sdk` of handlers of the HTTP API, with the names and values of Kyma's nodejs26. CommonJS, so that `import` and
 * `require` get the same one.
 */
import type { Tracer } from '@opentelemetry/api';
import type { IncomingMessage } from 'node:http';
import type { Published } from '../../../../types/index.d.ts';
import { makeStructured } from '../server/new-cloud-event.ts';
import { publish } from '../server/publisher.ts';
import { eventOf, type CloudEvent } from './cloud-event.ts';

/** What the server knows of the Function. */
export interface SdkFacts {
  readonly name: string;
  readonly namespace: string;
  readonly runtime: string;
  /** Seconds. */
  readonly timeout: number;
  /** Megabytes. */
  readonly bodyLimit: number;
  readonly publisher: string | undefined;
  readonly tracer: () => Tracer;
}

let facts: SdkFacts | undefined;

/** For the server. */
export function configure(known: SdkFacts): void {
  facts ??= known;
}

function known(): SdkFacts {
  if (facts === undefined) throw new Error('sdk is used outside of a Function of the API "http"');
  return facts;
}

export const getTracer = (): Tracer => known().tracer();
export const getFunctionName = (): string => known().name;
export const getNamespace = (): string => known().namespace;
export const getRuntime = (): string => known().runtime;
export const getTimeout = (): number => known().timeout;
export const getBodySizeLimit = (): number => known().bodyLimit;

/** The CloudEvent that a request is, in binary or structured mode; null if it is none. Never throws. */
export const getCloudEvent = (req: IncomingMessage & { readonly body?: unknown }): CloudEvent | null => eventOf(req);

/**
 * Posts a CloudEvent to PUBLISHER_PROXY_ADDRESS.
 *
 * @returns the publisher's answer; rejects if it is not a success
 * @throws TypeError at once if the event would violate the specification
 */
export function emitCloudEvent(
  type: string,
  source: string,
  data?: unknown,
  attributes: Readonly<Record<string, unknown>> = {},
): Promise<Published> {
  const { publisher, timeout } = known();
  const datacontenttype = typeof data === 'object' ? 'application/json' : 'text/plain';
  const { contentType, body } = makeStructured(type, source, data, { datacontenttype, ...attributes });
  return publish(publisher, contentType, body, timeout);
}
