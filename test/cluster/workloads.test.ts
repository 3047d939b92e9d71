import { describe, expect } from 'vitest';
import { FUNCTION_LABEL, STATUS_ANNOTATION } from '../../src/function/keys.ts';
import { given, it } from './given.ts';
import { installWebhook, RESTRICTED } from './installed.ts';
import { createNamespace, kubectl, kubectlOk, podsOf } from './kubectl.ts';

describe('examples in a namespace that enforces Pod Security restricted', () => {
  given(() => installWebhook());

  it("come out injected and admitted, as the Deployment controller's own Pods", async () => {
    const namespace = await createNamespace(RESTRICTED);
    const applied = await kubectl([
      'apply',
      '-n',
      namespace,
      '-f',
      'examples/hello-node',
      '-f',
      'examples/hello-python',
    ]);
    expect(applied.status).toBe(0);
    const pods = await podsOf(namespace, FUNCTION_LABEL, 3);
    for (const { metadata, spec } of pods) {
      expect(metadata?.annotations).toHaveProperty([STATUS_ANNOTATION]);
      expect(spec?.initContainers?.map(({ name }) => name)).toEqual(['buildless-prepare', 'buildless-install']);
    }
    expect(await kubectlOk(['get', 'events', '-n', namespace, '--field-selector', 'reason=FailedCreate'])).toBe('');
  });
});
