// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- nothing can be imported from the file of an ambient module
/// <reference path="./sdk.d.ts" />
/**
 * Types for handlers: `import type { Event, Context } from '@buildless-dev/buildless'`. The Node.js server implements these very types.
 * Nothing of this package is loaded when the Function runs: the import is erased with the other types.
 */
import type { Tracer } from '@opentelemetry/api';
import type { Request, Response } from 'express';

/**
 * A handler.
 *
 * @example export const main: Handler<{ id: string }> = (event) => ({ id: event.data.id });
 */
export type Handler<Data = unknown> = (event: Event<Data>, context: Context, callback: Callback) => unknown;

/**
 * A handler of the API `http`, which answers by the response. Its module `sdk` has types as soon as one of these is imported.
 *
 * @example export const main: HttpHandler = (req, res) => { res.json({ hello: req.query.name }); };
 */
export type HttpHandler = (req: HttpRequest, res: Response) => unknown;

/** A request of Express 5 whose `body` is parsed by its content type. */
export type HttpRequest = Extensions['request'];

/**
 * Answers the call; of several calls the first counts. A handler with three parameters that returns nothing is waited for
 * while something can still call this. An Error is a failure: 500, or a status from 400 on.
 */
export type Callback = (body?: unknown, status?: number | string, headers?: Readonly<Record<string, unknown>>) => void;

/** The first argument of a handler. Its methods need no `this`. */
export interface Event<Data = unknown> {
  /** The body by its content type: JSON, text, an object of a form, bytes; undefined without a body. */
  data: Data;
  extensions: Extensions;
  /** For spans of the handler's own; it does nothing if no spans are exported. */
  tracer: Tracer;
  readonly setResponseHeader: (name: string, value: unknown) => void;
  readonly setResponseContentType: (type: string) => void;
  readonly setResponseStatus: (status: number | string) => void;
  /**
   * Posts a CloudEvent to PUBLISHER_PROXY_ADDRESS.
   *
   * @returns the publisher's answer; rejects if it is not a success, or with a `code` such as ECONNREFUSED if there is none
   */
  readonly emitCloudEvent: (
    type: string,
    source: string,
    data: unknown,
    attributes?: Readonly<Record<string, unknown>>,
  ) => Promise<Published>;
  /** @deprecated use emitCloudEvent */
  readonly publishCloudEvent: (data: unknown) => Promise<Published>;
  /** @deprecated use emitCloudEvent */
  readonly buildResponseCloudEvent: (id: string, type: string, data: unknown) => Record<string, unknown>;
  /** Attributes of a CloudEvent that was received, such as `ce-type`. */
  [attribute: `ce-${string}`]: unknown;
}

/** The request and the response as Express 5 shows them; made when they are first asked for. */
export interface Extensions {
  /** Its stream gives the bytes of the body as they were sent, for parsers of multipart and the like. */
  request: Request & {
    /** The bytes of the body, unpacked: what a webhook's signature is made of. Undefined without a body. */
    readonly rawBody?: Buffer;
  };
  response: Response;
}

/** The second argument of a handler. */
export interface Context {
  readonly 'function-name': string | undefined;
  readonly runtime: string | undefined;
  readonly namespace: string | undefined;
  /** Seconds that a call may take. */
  readonly timeout: number;
  /** Megabytes that a request's body may have. */
  readonly 'body-size-limit': number;
  /** Aborts when nobody waits for the answer any more: with a TimeoutError, or with an AbortError when the client is gone. */
  readonly signal: AbortSignal;
}

/** A publisher's answer. */
export interface Published {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed where it is JSON, else text. */
  readonly data: unknown;
}
