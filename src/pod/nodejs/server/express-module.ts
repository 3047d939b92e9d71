/** The bundled Express. */
import type { Express } from 'express';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { FunctionRequest, FunctionResponse } from './messages.ts';

export interface ExpressModule {
  (): Express;
  urlencoded(options: { extended: boolean; limit: number }): FormParser;
}

export type FormParser = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void;

/**
 * Express changes the prototypes of each request and response. Before Node.js 24, V8 then gives each of them a shape that
 * no other object has, for which no compiled code is fit: two thirds of what a bare Express takes for a request. Those of
 * the server have the right prototypes from the start.
 */
export function adoptMessages(application: Express): void {
  Object.setPrototypeOf(FunctionRequest.prototype, application.request);
  Object.setPrototypeOf(FunctionResponse.prototype, application.response);
  Object.assign(application, { request: FunctionRequest.prototype, response: FunctionResponse.prototype });
}

/** In a file of its own (scripts/build.mjs): the text of a module stays in memory for as long as the module does. */
export function loadExpress(): ExpressModule {
  // `import()` would give it too late for a property.
  const express: unknown = createRequire(import.meta.url)('./express.cjs');
  if (!isExpress(express)) throw new Error('the bundled Express is not Express');
  return express;
}

const isExpress = (value: unknown): value is ExpressModule =>
  typeof value === 'function' && 'urlencoded' in value && typeof value.urlencoded === 'function';
