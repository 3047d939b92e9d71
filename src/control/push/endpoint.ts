/** Webhooks of Git hosts: `POST /push` looks up the branches of a repository at once, instead of at the next interval. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { hasSignature } from '../../push/signature.ts';
import { answerJson, answerUnread, problemText } from '../../server/answer.ts';
import { BodyRoom } from '../../server/body-room.ts';
import { readBody } from '../../server/body.ts';
import { boundConnections } from '../../server/connections.ts';
import { createApp } from '../../server/express-app.ts';
import { CONNECTIONS } from '../../server/limits.ts';
import type { Logger } from '../../server/logging.ts';
import type { ControlMetrics } from '../metrics.ts';
import { answerPush, BUSY, tooLarge, UNSIGNED, type PushAnswer, type PushAnswerOptions } from './answer.ts';
import { PUSH_PATH } from './pass-on.ts';

export interface PushEndpointOptions extends PushAnswerOptions {
  readonly metrics: Pick<ControlMetrics, 'pushed' | 'connectionClosed'>;
  readonly logger: Logger;
}

const MEBIBYTE = 1024 * 1024;
/** GitHub lists the files of up to 2,048 commits, the others less; parsing as much takes some 0.1 s. */
const BODY_BYTES = 8 * MEBIBYTE;
const SMALL_BYTES = 64 * 1024;
/** Bytes of larger bodies under way; twice as much is never gone beyond. */
const ROOM_BYTES = 16 * MEBIBYTE;

export function createPushServer(options: PushEndpointOptions): Server {
  const { metrics, logger } = options;
  const room = new BodyRoom({ bytes: ROOM_BYTES, bytesOfNamespace: ROOM_BYTES });
  const log = (request: IncomingMessage, { status, text, outcome }: PushAnswer): void => {
    metrics.pushed(outcome);
    logger.info({ status, outcome, answer: text, client: request.socket.remoteAddress }, 'push');
  };
  /** Answers before the body is read. */
  const turnAway = (request: IncomingMessage, response: ServerResponse, answer: PushAnswer): void => {
    log(request, answer);
    answerUnread(request, response, answer.status, answer.text);
  };
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    if (!hasSignature(request.headers)) {
      turnAway(request, response, UNSIGNED);
      return;
    }
    const hasRoom = (_: Buffer, bytes: number): boolean => {
      const release = room.take('', bytes);
      if (release !== undefined) response.once('close', release);
      return release !== undefined;
    };
    readBody(request, { limit: BODY_BYTES, largeBytes: SMALL_BYTES, hasRoom }, (body) => {
      if ('refused' in body) {
        turnAway(request, response, body.refused === 'too-large' ? tooLarge(BODY_BYTES) : BUSY);
        return;
      }
      answerPush(options, request.headers, body.whole)
        .then((answer) => {
          log(request, answer);
          answerJson(response, answer.status, answer.text, false);
        })
        .catch((error: unknown) => {
          logger.error({ err: error }, 'a push failed');
          answerJson(response, 500, problemText('internal error'), true);
        });
    });
  };
  const app = createApp(logger, (app) => {
    app.post(PUSH_PATH, handle);
    app.all(PUSH_PATH, (request, response) => {
      response.set('Allow', 'POST');
      answerUnread(request, response, 405, problemText(`${PUSH_PATH} takes POST`));
    });
    app.use((request, response) => {
      answerUnread(request, response, 404, problemText(`there is ${PUSH_PATH} and nothing else`));
    });
  });
  const limits = { headersTimeout: 10_000, requestTimeout: 10_000, maxHeaderSize: CONNECTIONS.headerBytes };
  const server = createServer(limits, app);
  boundConnections(server, CONNECTIONS.plain, () => {
    metrics.connectionClosed('push');
  });
  return server;
}
