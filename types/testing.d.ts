/**
 * Events and contexts for unit tests of handlers: the server's own objects, without a server.
 *
 * @example
 * import { context, event } from '@buildless-dev/buildless/testing';
 * assert.deepEqual(main(event({ name: 'Ada' }), context()), { hello: 'Ada' });
 */
import type { Context, Event } from './index.d.ts';

export interface EventOptions {
  /** POST if there is data, else GET. */
  readonly method?: string;
  /** With the query: `/?time=2d`. */
  readonly path?: string;
  /** `content-type` decides how the data is sent: bytes, text or JSON by its kind if it is left out. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Makes the event a CloudEvent; `id`, `time` and `specversion` are filled in. */
  readonly cloudEvent?: CloudEventAttributes;
}

export interface CloudEventAttributes {
  readonly type: string;
  readonly source: string;
  readonly [attribute: string]: unknown;
}

export interface ContextOptions {
  /** Name of the Function: `test` if it is left out. */
  readonly name?: string;
  readonly namespace?: string;
  readonly runtime?: string;
  /** Seconds. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/**
 * An event as the handler gets it for a request with this data: JSON goes through JSON, so that a Date is a string.
 * `event.emitCloudEvent` posts nothing; `emitted` has what would have been posted.
 */
export function event<Data = unknown>(data?: Data, options?: EventOptions): Event<Data>;

/** The CloudEvents that a handler has emitted through an event, in structured form. */
export function emitted(of: Event): readonly EmittedEvent[];

export interface EmittedEvent {
  readonly type: string;
  readonly source: string;
  readonly id: string;
  readonly data?: unknown;
  readonly [attribute: string]: unknown;
}

/** A context as the handler gets it. */
export function context(options?: ContextOptions): Context;
