import { afterEach, describe, expect, it } from 'vitest';
import type { Health } from '../../src/certificates/source.ts';
import { ListenError } from '../../src/server/listen.ts';
import { ask, get } from './client.ts';
import { reviewText, run, verdict, type Running } from './running.ts';

let running: Running | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

describe('the plain port', () => {
  it('tells at /healthz that the process lives', async () => {
    running = await run();
    expect(await get(running.server.plainPort, '/healthz')).toMatchObject({ status: 200, text: 'ok\n' });
  });

  it('tells at /readyz whether every check is well, and which is not', async () => {
    let cluster: Health = { ok: true };
    running = await run({ checks: { cluster: () => cluster } });
    const { plainPort } = running.server;
    expect(await get(plainPort, '/readyz')).toMatchObject({ status: 200, text: 'ok\n' });
    expect(await get(plainPort, '/readyz?verbose')).toMatchObject({
      status: 200,
      text: '[+]stopping ok\n[+]certificate ok\n[+]cluster ok\nready\n',
    });
    cluster = { ok: false, reason: 'no list of Namespaces yet' };
    expect(await get(plainPort, '/readyz')).toMatchObject({
      status: 503,
      text: '[+]stopping ok\n[+]certificate ok\n[-]cluster failed: no list of Namespaces yet\nnot ready\n',
    });
    cluster = { ok: true };
    expect((await get(plainPort, '/readyz')).status).toBe(200);
  });

  it('has nothing else', async () => {
    running = await run();
    for (const path of ['/', '/mutate', '/metrics/', '/Healthz']) {
      const answer = await get(running.server.plainPort, path);
      expect(answer.status).toBe(404);
      expect(answer.headers).not.toHaveProperty('x-powered-by');
    }
  });

  it('gives metrics of every review: outcome, reasons, duration, but not its names', async () => {
    running = await run({
      mutate: ({ uid }) =>
        Promise.resolve({ ...verdict(uid), outcome: 'skipped', codes: ['already-injected'] as const }),
      validate: ({ uid }) =>
        Promise.resolve({ ...verdict(uid), outcome: 'refused', codes: ['unknown-runtime', 'reserved-name'] as const }),
    });
    const { tlsPort: port, plainPort } = running.server;
    const { cert: ca } = running.authority;
    await ask({ port, ca, body: reviewText('a') });
    await ask({ port, ca, body: reviewText('b') });
    const odd = { group: 'x', version: 'v1', kind: 'Kind"of\nmine' };
    await ask({ port, ca, path: '/validate', body: reviewText('c', { kind: odd, operation: 'UPDATE' }) });
    const { headers, text } = await get(plainPort, '/metrics');
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    for (const line of [
      'buildless_admission_reviews_total{webhook="mutate",operation="CREATE",kind="Pod",outcome="skipped"} 2',
      'buildless_admission_reviews_total{webhook="validate",operation="UPDATE",kind="other",outcome="refused"} 1',
      'buildless_admission_skips_total{reason="already-injected"} 2',
      'buildless_admission_refusals_total{code="unknown-runtime"} 1',
      'buildless_admission_refusals_total{code="reserved-name"} 1',
      'buildless_admission_review_duration_seconds_count{webhook="mutate"} 2',
      'buildless_admission_review_duration_seconds_bucket{le="0.0005",webhook="validate"} ',
      'buildless_admission_review_duration_seconds_bucket{le="5",webhook="validate"} 1',
      'buildless_admission_reviews_in_flight 0',
      'buildless_certificate_reloads_total{outcome="failure"} 0',
      'buildless_configuration_reloads_total{outcome="success"} 0',
      'buildless_build_info{version="1.2.3"} 1',
    ]) {
      expect(text).toContain(line);
    }
    expect(text).not.toMatch(/shop|hello/);
  });
});

it('a port that is taken is reported with its number, and nothing is left running', async () => {
  running = await run();
  const { plainPort } = running.server;
  await expect(run({ plainPort })).rejects.toThrow(new ListenError(`cannot listen on 127.0.0.1, port ${plainPort}`));
});
