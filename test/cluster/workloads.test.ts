import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { FUNCTION_LABEL, STATUS_ANNOTATION } from '../../src/function/keys.ts';
import { buildless } from '../cli/command.ts';
import { at, find, objectsOf } from '../installation/shipped.ts';
import { given, it } from './given.ts';
import { installWebhook, RESTRICTED } from './installed.ts';
import { createNamespace, kubectl, kubectlOk, podsOf } from './kubectl.ts';
import { asInjected, canonical } from './as-injected.ts';

describe('examples in a namespace that enforces Pod Security restricted', () => {
  given(() => installWebhook());

  for (const example of ['hello-node', 'hello-python']) {
    it.withControllers(
      `${example}: the Deployment controller's own Pods come out as buildless inject says`,
      async () => {
        const namespace = await createNamespace(RESTRICTED);
        await kubectlOk(['apply', '-n', namespace, '-f', `examples/${example}`]);
        const { stdout } = await buildless(['inject', '-f', `examples/${example}`]);
        const deployment = find(objectsOf(stdout), 'Deployment');
        const replicas = Number(at(deployment, 'spec', 'replicas') ?? 1);
        const template = at(deployment, 'spec', 'template') as V1PodTemplateSpec;

        const pods = await podsOf(namespace, `${FUNCTION_LABEL}=${example}`, replicas);
        for (const { metadata, spec } of pods) {
          expect(metadata?.annotations?.[STATUS_ANNOTATION]).toBe(template.metadata?.annotations?.[STATUS_ANNOTATION]);
          expect(asInjected(spec)).toMatchObject(canonical(template.spec) as object);
          expect(spec?.initContainers?.map(({ name }) => name)).toEqual(['buildless-prepare', 'buildless-install']);
        }
        expect(await kubectlOk(['get', 'events', '-n', namespace, '--field-selector', 'reason=FailedCreate'])).toBe('');
      },
    );
  }

  it.withControllers(
    "kubectl shows Pod Security's warning about the template as it was written, unless the namespace asks for none",
    async () => {
      const namespace = await createNamespace(RESTRICTED);
      const warned = await kubectl(['apply', '-n', namespace, '-f', 'examples/hello-node']);
      expect(warned.status).toBe(0);
      expect(warned.stderr).toMatch(/^Warning: would violate PodSecurity "restricted:latest": [^\n]*\n$/);
      const quiet = await createNamespace({ ...RESTRICTED, 'pod-security.kubernetes.io/warn': 'privileged' });
      const applied = await kubectl(['apply', '-n', quiet, '-f', 'examples/hello-node']);
      expect(applied).toMatchObject({ status: 0, stderr: '' });
      await podsOf(quiet, `${FUNCTION_LABEL}=hello-node`, 2);
    },
  );
});
