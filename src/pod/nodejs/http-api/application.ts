/** The application of Express that a request goes through: one route, which is Kyma's own. */
import type { Express, NextFunction, Request, Response } from 'express';
import { STATUS_CODES } from 'node:http';
import { adoptMessages, loadExpress } from '../server/express-module.ts';
import { answerText } from '../server/front.ts';
import { note } from '../server/journal.ts';

/** @param main what answers a request; Express' own objects are given to it */
export function createApplication(main: (request: Request, response: Response) => void): Express {
  const application = loadExpress()();
  adoptMessages(application);
  // An answer of Express itself, such as for a file that sendFile does not find, has a trace outside of production.
  application.set('env', 'production');
  application.all('*path', main);
  application.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (response.writableEnded) next();
    else answerError(error, response);
  });
  return application;
}

/** A path that cannot be decoded, and what the response's own methods report through `req.next`. */
function answerError(error: unknown, response: Response): void {
  const status = statusOf(error);
  if (status >= 500) note('error', 'Express could not answer', { error });
  if (response.headersSent) response.destroy();
  else answerText(response, status, STATUS_CODES[status] ?? 'Error');
}

function statusOf(error: unknown): number {
  const status: unknown = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}
