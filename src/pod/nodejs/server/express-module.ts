/** The bundled Express. */
import type { Express } from 'express';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';

export interface ExpressModule {
  (): Express;
  urlencoded(options: { extended: boolean; limit: number }): FormParser;
}

export type FormParser = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void;

/** In a file of its own (scripts/build.mjs): the text of a module stays in memory for as long as the module does. */
export function loadExpress(): ExpressModule {
  // `import()` would give it too late for a property.
  const express: unknown = createRequire(import.meta.url)('./express.cjs');
  if (!isExpress(express)) throw new Error('the bundled Express is not Express');
  return express;
}

const isExpress = (value: unknown): value is ExpressModule =>
  typeof value === 'function' && 'urlencoded' in value && typeof value.urlencoded === 'function';
