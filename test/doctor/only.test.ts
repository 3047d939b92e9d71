import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '../../src/config/load.ts';
import type { Answer } from '../../src/api-server/answer.ts';
import type { CheckResult } from '../../src/doctor/check.ts';
import { only } from '../../src/doctor/checks/only.ts';
import { onlyConfigMap } from '../../src/installation/only-parameters.ts';

const CONFIG = 'only: {images: ["registry.example.com/proxy:1"]}\n';
const parsed = parseConfiguration(CONFIG, 'config.yaml');
if ('findings' in parsed) throw new Error('not a configuration');
const PARAMETERS = onlyConfigMap(parsed.configuration);

const missing: Answer = { ok: false, status: 404, message: 'not found' };
const found = (object: object): Answer => ({ ok: true, object });
const unused = () => Promise.reject(new Error('not asked here'));

/** A cluster with all of it, but for what is given, by the end of its path. */
function examined(changed: Readonly<Record<string, Answer>>): Promise<readonly CheckResult[]> {
  const objects: Readonly<Record<string, Answer>> = {
    'validatingadmissionpolicies/buildless-only': found({}),
    'validatingadmissionpolicybindings/buildless-only': found({ spec: { validationActions: ['Deny'] } }),
    'configmaps/buildless-config': found({ data: { 'config.yaml': CONFIG } }),
    'configmaps/buildless-only': found(PARAMETERS),
    namespaces: found({ items: [{ metadata: { name: 'shop' } }] }),
    ...changed,
  };
  const answerTo = (path: string): Answer =>
    Object.entries(objects).find(([end]) => path.endsWith(`/${end}`))?.[1] ?? missing;
  return Promise.resolve(
    only({
      namespace: 'buildless-system',
      configuration: 'buildless',
      probeNamespace: undefined,
      get: (path) => Promise.resolve(answerTo(path)),
      post: unused,
      openPod: unused,
    }),
  );
}

describe('doctor looks at the policy for namespaces of Functions only', () => {
  it('is content where its lists are those of the configuration', async () => {
    expect(await examined({})).toMatchObject([
      { status: 'ok', detail: expect.stringContaining('1 namespaces') as string },
    ]);
  });

  it('names the lists that the configuration has changed since, and the command that writes them', async () => {
    const edited = found({ data: { 'config.yaml': 'toolkit: {image: "mirror.example/buildless:1"}\n' } });
    const [result] = await examined({ 'configmaps/buildless-config': edited });
    expect(result).toMatchObject({ status: 'failed' });
    expect(result?.detail).toBe(
      'ConfigMap buildless-system/buildless-only differs from the configuration in toolkit, images',
    );
    expect(result?.cure).toContain('buildless parameters -n buildless-system --config - | kubectl apply -f -');
  });

  it.each([
    ['validatingadmissionpolicies/buildless-only', 'ValidatingAdmissionPolicy buildless-only does not exist'],
    [
      'validatingadmissionpolicybindings/buildless-only',
      'ValidatingAdmissionPolicyBinding buildless-only does not exist',
    ],
    ['configmaps/buildless-only', 'so namespaces of Functions only refuse every Pod'],
  ])('fails without %s', async (path, detail) => {
    const [result] = await examined({ [path]: missing });
    expect(result).toMatchObject({ status: 'failed', detail: expect.stringContaining(detail) as string });
  });

  it('fails where the binding only warns', async () => {
    const weak = found({ spec: { validationActions: ['Warn'] } });
    const [result] = await examined({ 'validatingadmissionpolicybindings/buildless-only': weak });
    expect(result).toMatchObject({ status: 'failed' });
  });
});
