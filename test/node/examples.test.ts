import { describe, expect } from 'vitest';
import { given, it } from '../cluster/given.ts';
import { installWebhook, RESTRICTED } from '../cluster/installed.ts';
import { createNamespace, kubectl, kubectlOk } from '../cluster/kubectl.ts';
import { callJson, readyPod, readyPods } from './pods.ts';

describe('the examples, applied to a namespace that enforces restricted', () => {
  given(() => installWebhook());

  it('hello-node: both Pods are Ready, and answer with the installed package', async () => {
    const namespace = await createNamespace(RESTRICTED);
    await kubectlOk(['apply', '-n', namespace, '-f', 'examples/hello-node']);
    const pods = await readyPods(namespace, 'app=hello-node', 2);
    for (const pod of pods) {
      expect(await callJson(pod, '/?name=node')).toEqual({
        message: 'Hello, node, from hello-node!',
        inOneWeek: '2026-01-08',
      });
    }
    await kubectlOk(['delete', 'namespace', namespace, '--wait=false']);
  });

  it('hello-python: the Pod is Ready, and answers with its own package and the installed one', async () => {
    const namespace = await createNamespace(RESTRICTED);
    await kubectlOk(['apply', '-n', namespace, '-f', 'examples/hello-python']);
    const pod = await readyPod(namespace, 'app=hello-python');
    expect(await callJson(pod, '/?name=snake')).toEqual({
      message: 'Hello, snake, from hello-python!',
      bigNumber: '123.5 million',
    });
    await kubectlOk(['delete', 'namespace', namespace, '--wait=false']);
  });

  it('floating: is refused when it is applied, and no Pod exists', async () => {
    const namespace = await createNamespace(RESTRICTED);
    const { status, stderr } = await kubectl(['apply', '-n', namespace, '-f', 'examples/floating']);
    expect(status).not.toBe(0);
    expect(stderr).toContain('latest');
    expect(await kubectlOk(['get', 'pods', '-n', namespace, '-o', 'name'])).toBe('');
  });
});
