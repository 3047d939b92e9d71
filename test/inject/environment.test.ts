import type { V1Container } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { applyEnvironmentDefaults } from '../../src/pod/nodejs/server/environment-defaults.ts';
import { functionPod, injected } from './function-of.ts';

const valuesOf = ({ env }: V1Container): Record<string, string> =>
  Object.fromEntries((env ?? []).map(({ name, value = '(from)' }) => [name, value]));

const fromConfigMap = [{ configMapRef: { name: 'settings' } }];

describe("what envFrom brings is the author's", () => {
  it('so defaults do not travel in env, which would win over it', async () => {
    const { container } = await injected(functionPod({ container: { envFrom: fromConfigMap } }));
    const { BUILDLESS_ENV_DEFAULTS: defaults, ...env } = valuesOf(container);
    expect(JSON.parse(defaults ?? '')).toEqual({
      FUNC_TIMEOUT: '180',
      REQ_MB_LIMIT: '1',
      OTEL_SERVICE_NAME: 'hello',
      NODE_ENV: 'production',
    });
    expect(Object.keys(env).sort()).toEqual([
      'BUILDLESS_HEALTH_PORT',
      'FUNC_HANDLER',
      'FUNC_NAME',
      'FUNC_PORT',
      'FUNC_RUNTIME',
      'HANDLER_PATH',
      'MOD_NAME',
      'SERVICE_NAMESPACE',
    ]);
  });

  it('and only names that its prefix lets it bring give way', async () => {
    const { container } = await injected(
      functionPod({ container: { envFrom: [{ prefix: 'OTEL_', secretRef: { name: 'telemetry' } }] } }),
    );
    expect(JSON.parse(valuesOf(container).BUILDLESS_ENV_DEFAULTS ?? '')).toEqual({ OTEL_SERVICE_NAME: 'hello' });
    expect(valuesOf(container)).toMatchObject({ FUNC_TIMEOUT: '180', NODE_ENV: 'production' });
  });

  it('also in a container with a command of its own, which reads no defaults of ours', async () => {
    const { container } = await injected(
      functionPod({ container: { envFrom: fromConfigMap, command: ['node', 'worker.js'] } }),
    );
    expect(valuesOf(container)).toEqual({});
  });

  it('without envFrom nothing changes', async () => {
    const { container } = await injected(functionPod());
    expect(valuesOf(container)).toMatchObject({ FUNC_TIMEOUT: '180', NODE_ENV: 'production' });
    expect(valuesOf(container)).not.toHaveProperty('BUILDLESS_ENV_DEFAULTS');
  });
});

describe('the Node.js server sets defaults', () => {
  it.each([
    ['where a variable is unset', { A: 'given' }, '{"A":"default","B":"default"}', { A: 'given', B: 'default' }],
    ['not over an empty value', { A: '' }, '{"A":"default"}', { A: '' }],
    ['of texts only', {}, '{"A":1,"B":null,"C":"c"}', { C: 'c' }],
  ])('%s', (_, given, text, expected) => {
    const env: NodeJS.ProcessEnv = { ...given, BUILDLESS_ENV_DEFAULTS: text };
    applyEnvironmentDefaults(env);
    expect(env).toEqual(expected);
  });

  it.each(['', '[]', 'null', '{', '1'])('and leaves %j alone', (text) => {
    const env: NodeJS.ProcessEnv = { BUILDLESS_ENV_DEFAULTS: text };
    applyEnvironmentDefaults(env);
    expect(env).toEqual({ BUILDLESS_ENV_DEFAULTS: text });
  });
});
