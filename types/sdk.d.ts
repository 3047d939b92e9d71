/**
 * Types for the module `sdk`, which handlers of the API `http` import: `import { getCloudEvent } from 'sdk'`. They are there as soon
 * as a file imports a type of `@buildless-dev/buildless`, or with `"types": ["@buildless-dev/buildless"]` in tsconfig.json.
 */
declare module 'sdk' {
  import type { Tracer } from '@opentelemetry/api';
  import type { IncomingMessage } from 'node:http';
  import type { Published } from '@buildless-dev/buildless';

  /** An event that was received. Lenient: an event without source or type lacks it. */
  export interface CloudEvent<Data = unknown> {
    readonly id: string;
    /** As RFC 3339 writes it; now, if the event has none. */
    readonly time: string;
    readonly type: string;
    readonly source: string;
    readonly specversion: string;
    readonly datacontenttype?: string;
    readonly subject?: string;
    readonly dataschema?: string;
    readonly data_base64?: string;
    /** By its content type: JSON, a string, or bytes. */
    readonly data?: Data;
    /** Extension attributes. */
    readonly [name: string]: unknown;
    toJSON(): Readonly<Record<string, unknown>>;
    /** The same event with other attributes. */
    cloneWith(changed: Readonly<Record<string, unknown>>): CloudEvent;
  }

  /** The CloudEvent that a request is, in binary or structured mode; null if it is not one. Never throws. */
  export function getCloudEvent<Data = unknown>(
    req: IncomingMessage & { readonly body?: unknown },
  ): CloudEvent<Data> | null;

  /**
   * Posts a CloudEvent to PUBLISHER_PROXY_ADDRESS.
   *
   * @param attributes such as `subject` and `datacontenttype`, and extensions
   * @returns the publisher's answer; rejects if it is not a success
   * @throws TypeError at once if the event would violate the specification
   */
  export function emitCloudEvent(
    type: string,
    source: string,
    data?: unknown,
    attributes?: Readonly<Record<string, unknown>>,
  ): Promise<Published>;

  /** A tracer of OpenTelemetry; its spans are below the call's. It does nothing if no spans are exported. */
  export function getTracer(): Tracer;
  /** FUNC_NAME, which is always set in a Pod. */
  export function getFunctionName(): string;
  /** The Pod's namespace. */
  export function getNamespace(): string;
  /** The annotation `buildless.dev/runtime`. */
  export function getRuntime(): string;
  /** Seconds for which a call may send nothing. */
  export function getTimeout(): number;
  /** Megabytes that a request's body may have. */
  export function getBodySizeLimit(): number;

  // eslint-disable-next-line @typescript-eslint/consistent-type-imports -- an import of itself would be circular
  const sdk: typeof import('sdk');
  export default sdk;
}
