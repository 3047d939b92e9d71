import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  parseReview,
  REVIEW_API_VERSION,
  REVIEW_KIND,
  type AdmissionRequest,
  type AdmissionResponse,
  type Reviewer,
  type Verdict,
} from '../admission/review.ts';
import { answerJson, answerUnread, problemText } from './answer.ts';
import { readBody } from './body.ts';
import type { Logger } from './logging.ts';
import type { Metrics, WebhookName } from './metrics.ts';
import { logReview } from './review-log.ts';

export interface ReviewEndpointOptions {
  readonly webhook: WebhookName;
  readonly reviewer: Reviewer;
  /** In bytes. */
  readonly bodyLimit: number;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Whether connections are to be closed after the answer. */
  readonly closing: () => boolean;
}

/** One of the two hot paths: a POST comes in, its review goes to the reviewer, the answer goes out. */
export function createReviewEndpoint({
  webhook,
  reviewer,
  bodyLimit,
  metrics,
  logger,
  closing,
}: ReviewEndpointOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const notAReview = (request: IncomingMessage, status: number, problem: string): void => {
    metrics.notAReview();
    logger.info({ webhook, status, problem, client: request.socket.remoteAddress }, 'not a review');
  };
  const review = async (admission: AdmissionRequest, response: ServerResponse, started: number): Promise<void> => {
    metrics.reviewStarted();
    let verdict: Pick<Verdict, 'outcome' | 'codes'>;
    let fault: { readonly error: unknown } | undefined;
    try {
      const answered = await reviewer(admission);
      answerJson(response, 200, reviewText(answered.response), closing());
      verdict = answered;
    } catch (error) {
      fault = { error };
      verdict = { outcome: 'failed', codes: ['internal-error'] };
      const problem = `internal error; the log of the webhook has the trace under uid ${admission.uid.slice(0, 64)}`;
      answerJson(response, 500, problemText(problem), closing());
    }
    const milliseconds = performance.now() - started;
    metrics.reviewEnded(webhook, admission, verdict, milliseconds / 1000);
    logReview(logger, { webhook, admission, verdict, milliseconds, fault });
  };

  return (request, response) => {
    const unsupported = unsupportedMedia(request);
    if (unsupported !== undefined) {
      notAReview(request, 415, unsupported);
      answerUnread(request, response, 415, unsupported);
      return;
    }
    readBody(request, bodyLimit, (body) => {
      if (body === 'too-large') {
        const problem = `the body is larger than ${bodyLimit} bytes`;
        notAReview(request, 413, problem);
        answerUnread(request, response, 413, problem);
        return;
      }
      const started = performance.now();
      const parsed = parseBody(body);
      if ('problem' in parsed) {
        notAReview(request, 400, parsed.problem);
        answerJson(response, 400, problemText(parsed.problem), closing());
        return;
      }
      review(parsed.request, response, started).catch((error: unknown) => {
        logger.error({ err: error, uid: parsed.request.uid }, 'an answer failed');
        response.destroy();
      });
    });
  };
}

/** The patch is nearly all of an answer and, as base64, needs no escaping: it is put in without a look at it. */
function reviewText({ patch, ...rest }: AdmissionResponse): string {
  const text = JSON.stringify({ apiVersion: REVIEW_API_VERSION, kind: REVIEW_KIND, response: rest });
  return patch === undefined ? text : `${text.slice(0, -'}}'.length)},"patch":"${patch}"}}`;
}

function unsupportedMedia({ headers }: IncomingMessage): string | undefined {
  const type = headers['content-type'] ?? '';
  if (type !== 'application/json' && type.split(';', 1)[0]?.trim().toLowerCase() !== 'application/json') {
    return 'the content type must be application/json';
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  return encoding === 'identity' ? undefined : 'the body must not be compressed';
}

/** The parser's own message is left out: it quotes the body. */
function parseBody(body: Buffer): ReturnType<typeof parseReview> {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return { problem: 'the body is no JSON, or is cut off' };
  }
  return parseReview(value);
}
