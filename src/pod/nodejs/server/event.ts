/** The first argument of the handler. Its names are Kyma's. */
import type { Event, Extensions } from '../../../../types/index.d.ts';
import type { Served } from './served.ts';
import { mediaTypeOf } from './content.ts';
import { viewAsExpress, type ExpressView } from './express-view.ts';
import { note } from './journal.ts';
import type { FunctionRequest, FunctionResponse } from './messages.ts';
import { stringify } from './originals.ts';
import { apart } from './pending.ts';
import { publish } from './publisher.ts';
import { setHeader, setStatus } from './result.ts';
import { idleTracer } from './tracing/tracing.ts';

/** What was received, parsed. */
export interface Input {
  /** `event.data`. */
  readonly data: unknown;
  /** `event.extensions.request.body`: also where `data` is only a part of it, or nothing. */
  readonly body: unknown;
  /** Attributes of a CloudEvent. */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

export const NOTHING: Input = { data: undefined, body: undefined };

/** Tells the call what the handler has asked for, from which it guesses whether the handler answers by itself. */
export interface Watcher {
  sawRequest(): void;
  sawResponse(): void;
}

/** An event whose properties are its own and whose methods need no `this`: handlers destructure it and copy it. */
export function buildEvent(
  req: FunctionRequest,
  res: FunctionResponse,
  input: Input,
  { settings, tracing }: Pick<Served, 'settings' | 'tracing'>,
  watcher: Watcher,
): Event {
  let extensions: Extensions | undefined;
  let view: ExpressView | undefined;
  // Anything that Express starts when it is loaded is not the call's.
  const express = (): ExpressView => (view ??= apart(() => viewAsExpress(req, res, input.body)));
  const event: Omit<Event, 'extensions' | 'tracer'> = {
    data: input.data,
    setResponseHeader(name, value) {
      // Express adds a charset to some types.
      if (name.toLowerCase() === 'content-type') express().response.set(name, String(value));
      else setHeader(res, name, value);
    },
    setResponseContentType(type) {
      express().response.type(type);
    },
    setResponseStatus(status) {
      setStatus(res, status);
    },
    async emitCloudEvent(type, source, data, attributes = {}) {
      const { makeStructured } = await import('./new-cloud-event.ts');
      const { contentType, body } = makeStructured(type, source, data, attributes);
      return publish(settings.publisher, contentType, body, settings.timeout);
    },
    // Deprecated for handlers; here is where they are implemented.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    publishCloudEvent(data) {
      deprecated('publishCloudEvent');
      const body = typeof data === 'string' ? data : stringify(data);
      return publish(settings.publisher, 'application/cloudevents+json', body, settings.timeout);
    },
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    buildResponseCloudEvent(id, type, data) {
      deprecated('buildResponseCloudEvent');
      const { source, eventtypeversion, specversion } = input.attributes ?? {};
      return { type, source, eventtypeversion, specversion, id, data, datacontenttype: mediaTypeOf(data) };
    },
  };
  addLazy(event, EVENT, {
    extensions: () => (extensions ??= lazyExtensions(express, watcher)),
    tracer: () => tracing?.tracer ?? idleTracer(),
  });
  for (const [name, value] of Object.entries(input.attributes ?? {})) event[`ce-${name}`] = value;
  return event;
}

function lazyExtensions(express: () => ExpressView, watcher: Watcher): Extensions {
  const extensions = {};
  addLazy(extensions, EXTENSIONS, {
    request() {
      watcher.sawRequest();
      return express().request;
    },
    response() {
      watcher.sawResponse();
      return express().response;
    },
  });
  return extensions;
}

const MAKERS = Symbol('makers');

/** How each property is made when it is asked for. */
type Makers<Lazy> = { readonly [Name in keyof Lazy]: () => Lazy[Name] };

/**
 * The same getters for all events: to an object with a getter of its own, which is what a literal makes, V8 gives a table of
 * properties instead of a shape, and that took a microsecond a call and more.
 */
const getters = <Name extends string>(...names: readonly Name[]): readonly (readonly [Name, PropertyDescriptor])[] =>
  names.map((name) => {
    const descriptor: PropertyDescriptor & ThisType<{ readonly [MAKERS]: Makers<Record<Name, unknown>> }> = {
      get() {
        return this[MAKERS][name]();
      },
      // As a plain property is: a handler may put something of its own there.
      set(value: unknown) {
        Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
      },
      enumerable: true,
      configurable: true,
    };
    return [name, descriptor];
  });
const EVENT = getters('extensions', 'tracer');
const EXTENSIONS = getters('request', 'response');

function addLazy<Target extends object, Lazy extends object>(
  target: Target,
  properties: readonly (readonly [keyof Lazy & string, PropertyDescriptor])[],
  makers: Makers<Lazy>,
): asserts target is Target & Lazy {
  Object.defineProperty(target, MAKERS, { value: makers });
  for (const [name, descriptor] of properties) Object.defineProperty(target, name, descriptor);
}

const warned = new Set<string>();

function deprecated(method: string): void {
  if (warned.has(method)) return;
  warned.add(method);
  note('warn', `event.${method} is deprecated: use event.emitCloudEvent`);
}
