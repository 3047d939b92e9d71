/** Whether a webhook comes from somebody who knows the secret, in the ways of the hosts of Git repositories. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Of a shared secret, in characters: a guess of it must not be worth trying. */
export const SHORTEST_SECRET = 16;

/** As Node.js has them: names in lower case. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The header that a host signs with, and what it says for a body and a secret. */
interface Scheme {
  readonly header: string;
  /** @returns undefined if another header that belongs to it is missing */
  readonly expected: (body: Buffer, secret: string, headers: Headers) => string | undefined;
}

const hex = (body: Buffer, secret: string): string => createHmac('sha256', secret).update(body).digest('hex');
const prefixed = (body: Buffer, secret: string): string => `sha256=${hex(body, secret)}`;

/** In this order: of a webhook with several, one is looked at. */
const SCHEMES: readonly Scheme[] = [
  // GitHub; Gitea and Forgejo send it as well.
  { header: 'x-hub-signature-256', expected: prefixed },
  // Bitbucket Cloud and Data Center. GitHub sends SHA-1 there, which nobody needs.
  { header: 'x-hub-signature', expected: prefixed },
  { header: 'x-gitea-signature', expected: hex },
  { header: 'x-forgejo-signature', expected: hex },
  // GitLab's secret token, not a signature.
  { header: 'x-gitlab-token', expected: (_, secret) => secret },
  // GitLab's signing token: https://www.standardwebhooks.com. Its time is not looked at: a replay costs a lookup, no more.
  { header: 'webhook-signature', expected: standardSignature },
];

export const SIGNATURE_HEADERS: readonly string[] = SCHEMES.map(({ header }) => header);

/** Whether there is a header that may be the signature: without one nobody has to read the body. */
export const hasSignature = (headers: Headers): boolean => schemeOf(headers) !== undefined;

const schemeOf = (headers: Headers): Scheme | undefined =>
  SCHEMES.find(({ header }) => typeof headers[header] === 'string');

/** Whether the signature is what one of the secrets makes of the body, which is read once for each of them. */
export function isSigned(headers: Headers, body: Buffer, secrets: readonly string[]): boolean {
  const scheme = schemeOf(headers);
  const given = scheme && headers[scheme.header];
  if (scheme === undefined || typeof given !== 'string') return false;
  // A list of signatures while a sender changes its secret.
  const candidates = scheme.header === 'webhook-signature' ? given.split(' ', MOST_SIGNATURES) : [given];
  return secrets.some((secret) => {
    const right = scheme.expected(body, secret, headers);
    return right !== undefined && candidates.some((candidate) => isSame(candidate, right));
  });
}

const MOST_SIGNATURES = 10;
const STANDARD_SECRET = 'whsec_';

function standardSignature(body: Buffer, secret: string, headers: Headers): string | undefined {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp } = headers;
  if (typeof id !== 'string' || typeof timestamp !== 'string') return undefined;
  const key = secret.startsWith(STANDARD_SECRET)
    ? Buffer.from(secret.slice(STANDARD_SECRET.length), 'base64')
    : Buffer.from(secret);
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
}

/** In a time that says nothing of where they differ. */
const isSame = (given: string, right: string): boolean => timingSafeEqual(digestOf(given), digestOf(right));

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
