import express, { type ErrorRequestHandler, type Express } from 'express';
import { answerJson, problemText } from './answer.ts';
import type { Logger } from './logging.ts';

/** An Express application that tells nothing about itself: paths are exact, a fault is logged and answered with 500. */
export function createApp(logger: Logger, routes: (app: Express) => void): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  app.enable('strict routing');
  routes(app);
  const onError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    logger.error({ err: error }, 'a request failed');
    answerJson(response, 500, problemText('internal error'), false);
  };
  app.use(onError);
  return app;
}
