import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/api-server/answer.ts';
import type { CheckResult } from '../../src/doctor/check.ts';
import { pushes } from '../../src/doctor/checks/pushes.ts';
import { clusterAsInstalled, forbidden, found, missing } from './cluster-as-installed.ts';

const takingPushes = found({
  spec: { template: { spec: { containers: [{ args: ['control', '--push-secrets=/etc/buildless-push'] }, {}] } } },
});
const examined = (secret: Answer, control = takingPushes): Promise<readonly CheckResult[]> =>
  pushes(clusterAsInstalled({ get: { 'deployments/buildless-control': control, 'secrets/buildless-push': secret } }));
const secretOf = (...values: readonly string[]): Answer =>
  found({ data: Object.fromEntries(values.map((value, index) => [index, Buffer.from(value).toString('base64')])) });

const CREATE =
  'kubectl create secret generic buildless-push -n buildless-system --from-literal=first="$(openssl rand -hex 32)"';

describe('doctor looks for what webhooks of Git hosts are verified with', () => {
  it('only where the controller takes them', async () => {
    expect(await examined(missing, found({ spec: { template: { spec: { containers: [{}] } } } }))).toEqual([]);
    expect(await examined(missing, missing)).toEqual([]);
  });

  it('and fails if the Secret is missing, with the command that creates it', async () => {
    expect(await examined(missing)).toEqual([
      {
        check: 'Pushes',
        status: 'failed',
        detail: 'Secret buildless-system/buildless-push does not exist, so every push is refused',
        cure: CREATE,
      },
    ]);
  });

  it.each([
    ['a short value', secretOf('123456789012345')],
    ['no value', found({})],
  ])('and fails if it has %s', async (_, secret) => {
    const [result] = await examined(secret);
    expect(result).toMatchObject({
      status: 'failed',
      cure: `kubectl delete secret buildless-push -n buildless-system; ${CREATE}`,
    });
    expect(result?.detail).toContain('has 16 characters');
  });

  it('and is content with one value that is long enough', async () => {
    expect(await examined(secretOf('short', '1234567890123456'))).toMatchObject([{ status: 'ok' }]);
  });

  it('and leaves it open if the user may not read it', async () => {
    expect(await examined(forbidden)).toMatchObject([{ status: 'skipped' }]);
  });
});
