/**
 * Shows Node's request and response as Express shows them: what handlers written for Kyma know as `event.extensions`.
 *
 * Express takes 40 ms and 7 MB to load and several microseconds for each request, so it is loaded, and a request is
 * handed to it, when a handler asks for it. The handler then sees Express itself: a request goes through an
 * application whose one route is Kyma's own, `*path`.
 */
import type { Extensions } from '../../../../types/index.d.ts';
import type { Express, NextFunction, Request, Response } from 'express';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { adoptMessages, loadExpress, type FormParser } from './express-module.ts';
import { type FunctionRequest, FunctionResponse } from './messages.ts';
import { apply, propertyOf } from './originals.ts';

/** Express' two objects. */
export type ExpressView = Extensions;

let viewer: ((req: FunctionRequest, res: FunctionResponse) => ExpressView) | undefined;
let parser: { readonly limit: number; readonly parse: FormParser } | undefined;

/** The same two objects, with the prototypes of Express. Calls for one request beyond the first are wasteful. */
export function viewAsExpress(req: FunctionRequest, res: FunctionResponse, body: unknown): ExpressView {
  viewer ??= createViewer(loadExpress()());
  const view = viewer(req, res);
  view.request.body = body;
  return view;
}

/** Why a form could not be read. */
export interface FormFailure {
  /** Of the parser's error. */
  readonly type: string;
  readonly message: string;
}

/** Reads and parses a form with Express' parser, nesting brackets as Kyma does. */
export function readForm(
  req: IncomingMessage,
  res: ServerResponse,
  limit: number,
  done: (outcome: { readonly form: unknown } | { readonly failure: FormFailure }) => void,
): void {
  if (parser?.limit !== limit) parser = { limit, parse: loadExpress().urlencoded({ extended: true, limit }) };
  parser.parse(req, res, (error) => {
    if (error === undefined) {
      done({ form: 'body' in req ? req.body : undefined });
      return;
    }
    const type = error instanceof Error && 'type' in error && typeof error.type === 'string' ? error.type : '';
    done({ failure: { type, message: error instanceof Error ? error.message : '' } });
  });
}

function createViewer(application: Express): (req: FunctionRequest, res: FunctionResponse) => ExpressView {
  // Routing ends before it returns, so that there is one request at most that is being routed.
  const routing: { request: IncomingMessage | undefined; view: ExpressView | undefined } = {
    request: undefined,
    view: undefined,
  };
  adoptMessages(application);
  for (const name of SENDING_FILES) noticeFile(name, propertyOf(application.response, name));
  application.disable('x-powered-by');
  // An answer of Express itself, such as for a file that sendFile does not find, is without a trace in production only.
  application.set('env', 'production');
  application.all('*path', (request, response) => {
    routing.view = { request, response };
  });
  application.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    // Errors that the response's own methods report through `request.next` are Express' to answer.
    if (request !== routing.request) next(error);
    // A path that cannot be decoded has no params, and is the handler's to judge.
    else routing.view = { request, response };
  });
  return (req, res) => {
    routing.request = req;
    application(req, res);
    const { view } = routing;
    routing.request = undefined;
    routing.view = undefined;
    if (view === undefined) throw new Error('Express did not route the request at once');
    return view;
  };
}

/** Methods of Express' response by which it answers when it has read a file; `download` calls the first. */
const SENDING_FILES = ['sendFile', 'render'] as const;

function noticeFile(name: string, method: unknown): void {
  if (typeof method !== 'function') throw new Error(`the bundled Express has no response.${name}`);
  Object.defineProperty(FunctionResponse.prototype, name, {
    value(this: FunctionResponse, ...given: unknown[]): unknown {
      this.beginFile();
      return apply(method, this, given);
    },
    writable: true,
    configurable: true,
  });
}
