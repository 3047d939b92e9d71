import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hasSignature, isSigned } from '../../src/push/signature.ts';

const SECRET = 'a secret that nobody guesses';
const BODY = Buffer.from('{"ref":"refs/heads/main"}');
const hmac = (secret: string, body: Buffer | string = BODY): string =>
  createHmac('sha256', secret).update(body).digest('hex');

/** As each host signs. */
const SIGNED = {
  GitHub: (secret: string) => ({
    'x-hub-signature': `sha1=${createHmac('sha1', secret).update(BODY).digest('hex')}`,
    'x-hub-signature-256': `sha256=${hmac(secret)}`,
  }),
  GitLab: (secret: string) => ({ 'x-gitlab-token': secret }),
  Gitea: (secret: string) => ({ 'x-gitea-signature': hmac(secret) }),
  Forgejo: (secret: string) => ({ 'x-forgejo-signature': hmac(secret) }),
  Bitbucket: (secret: string) => ({ 'x-hub-signature': `sha256=${hmac(secret)}` }),
  'Standard Webhooks': (secret: string) => ({
    'webhook-id': 'msg_1',
    'webhook-timestamp': '1700000000',
    'webhook-signature': `v1,bm90IHRoaXM= v1,${createHmac('sha256', secret)
      .update(`msg_1.1700000000.${BODY.toString()}`)
      .digest('base64')}`,
  }),
};

describe('a webhook', () => {
  it.each(Object.entries(SIGNED))('of %s is signed with any of the secrets, and with no other', (_, signed) => {
    const headers = signed(SECRET);
    expect(hasSignature(headers)).toBe(true);
    expect(isSigned(headers, BODY, ['another secret of a team', SECRET])).toBe(true);
    expect(isSigned(headers, BODY, ['another secret of a team'])).toBe(false);
    expect(isSigned(headers, BODY, [])).toBe(false);
  });

  it.each(Object.entries(SIGNED).filter(([host]) => host !== 'GitLab'))(
    'of %s is not if its body changed',
    (_, signed) => {
      expect(isSigned(signed(SECRET), Buffer.from(`${BODY.toString()} `), [SECRET])).toBe(false);
    },
  );

  it('is not by SHA-1, by an empty header, by several, or without what is signed', () => {
    const { GitHub, 'Standard Webhooks': standard } = SIGNED;
    expect(isSigned({ 'x-hub-signature': GitHub(SECRET)['x-hub-signature'] }, BODY, [SECRET])).toBe(false);
    expect(isSigned({ 'x-hub-signature-256': '' }, BODY, [SECRET])).toBe(false);
    expect(isSigned({ 'x-hub-signature-256': [`sha256=${hmac(SECRET)}`] }, BODY, [SECRET])).toBe(false);
    expect(isSigned({ 'webhook-signature': standard(SECRET)['webhook-signature'] }, BODY, [SECRET])).toBe(false);
    expect(hasSignature({ 'content-type': 'application/json' })).toBe(false);
  });

  it('takes the key of a Standard Webhooks secret from its base64', () => {
    const key = Buffer.from('twenty-four bytes of key');
    const signature = createHmac('sha256', key).update(`id.1.${BODY.toString()}`).digest('base64');
    const headers = { 'webhook-id': 'id', 'webhook-timestamp': '1', 'webhook-signature': `v1,${signature}` };
    expect(isSigned(headers, BODY, [`whsec_${key.toString('base64')}`])).toBe(true);
  });
});
