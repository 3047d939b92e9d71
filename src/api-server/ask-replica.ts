import https from 'node:https';
import { isIPv6 } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import { passedOn, type AdmissionRequest } from '../admission/review.ts';
import { WEBHOOK_PATHS } from '../installation/names.ts';
import { field, list, text } from '../kubernetes/fields.ts';
import type { Replica } from './replicas.ts';

/** What the API server goes by when it calls the webhook. */
export interface Trust {
  /** PEM. */
  readonly ca: string;
  /** That the certificate has to be for: a DNS name or an IP address. */
  readonly serverName: string;
}

/** A verdict has a message of a few thousand characters at most. */
const LARGEST_ANSWER = 256 * 1024;

/**
 * How the API server finds the webhook's validating half and trusts it.
 *
 * @param registration a ValidatingWebhookConfiguration
 * @returns undefined if it has no CA, as between its creation and the first replica
 */
export function trustOf(registration: unknown): Trust | undefined {
  const client = field(list(registration, 'webhooks')[0], 'clientConfig');
  const ca = Buffer.from(text(client, 'caBundle'), 'base64').toString('utf8');
  const url = text(client, 'url');
  const serverName = URL.canParse(url)
    ? new URL(url).hostname
    : `${text(client, 'service', 'name')}.${text(client, 'service', 'namespace')}.svc`;
  return ca === '' ? undefined : { ca, serverName };
}

/**
 * Whether the validating half of a replica admits the object of a request.
 *
 * Rejects if it does not answer, or is not one that the API server would trust.
 */
export async function askReplica(
  { address, port }: Replica,
  { ca, serverName }: Trust,
  request: AdmissionRequest,
  signal: AbortSignal,
): Promise<boolean> {
  const host = isIPv6(address) ? `[${address}]` : address;
  const body = JSON.stringify(passedOn(request));
  const answer = await new Promise<string>((resolve, reject) => {
    const options = {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      ca,
      checkServerIdentity: (_: string, certificate: Parameters<typeof checkServerIdentity>[1]) =>
        checkServerIdentity(serverName, certificate),
      agent: false,
      signal,
    };
    const sent = https.request(`https://${host}:${port}${WEBHOOK_PATHS.validate}`, options, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > LARGEST_ANSWER) response.destroy(new Error(`the answer is larger than ${LARGEST_ANSWER} bytes`));
        else chunks.push(chunk);
      });
      response.once('error', reject);
      response.once('end', () => {
        if (response.statusCode === 200) resolve(Buffer.concat(chunks).toString('utf8'));
        else reject(new Error(`it answered with status ${response.statusCode ?? 0}`));
      });
    });
    sent.once('error', (error) => {
      reject(signal.reason instanceof Error ? signal.reason : error);
    });
    sent.end(body);
  });
  const review: unknown = JSON.parse(answer);
  return text(review, 'response', 'uid') === request.uid && field(review, 'response', 'allowed') === true;
}
