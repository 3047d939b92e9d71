import https from 'node:https';
import { text } from 'node:stream/consumers';
import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { createAuthority } from '../../src/certificates/authority.ts';
import type { Opened } from './given.ts';
import { kubectlOk } from './kubectl.ts';

/** What it adds to each Pod that it sees and that has no container of that name yet. */
export interface Addition {
  readonly list: 'containers' | 'initContainers';
  readonly at: 'first' | 'last';
  readonly container: V1Container;
}

export interface OtherWebhook {
  /** How often it was called. */
  calls(): number;
}

interface Operation {
  readonly op: 'add';
  readonly path: string;
  readonly value: unknown;
}

/**
 * Somebody else's mutating webhook, such as a service mesh has: a real one, registered under a name that decides whether it
 * comes before ours or after, as the API server calls them in the order of their names.
 */
export async function openOtherWebhook(
  name: string,
  namespace: string,
  additions: readonly Addition[],
): Promise<Opened<OtherWebhook>> {
  const authority = await createAuthority({ commonName: name, seconds: 3600 });
  const { cert, key } = await authority.issue({ hosts: ['127.0.0.1'], seconds: 3600 });
  let calls = 0;
  const server = https.createServer({ cert, key }, (request, response) => {
    void text(request).then((body) => {
      calls += 1;
      const { request: review } = JSON.parse(body) as { request: { uid: string; object: V1Pod } };
      const patch = additions.flatMap((addition) => operationsOf(review.object, addition));
      response.setHeader('content-type', 'application/json').end(
        JSON.stringify({
          apiVersion: 'admission.k8s.io/v1',
          kind: 'AdmissionReview',
          response: {
            uid: review.uid,
            allowed: true,
            ...(patch.length > 0 && {
              patchType: 'JSONPatch',
              patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
            }),
          },
        }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const configuration = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: `${name}.example.com`,
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        reinvocationPolicy: 'IfNeeded',
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
        clientConfig: { url: `https://127.0.0.1:${port}/`, caBundle: Buffer.from(authority.cert).toString('base64') },
      },
    ],
  };
  await kubectlOk(['apply', '-f', '-'], configuration);
  return {
    value: { calls: () => calls },
    async close() {
      await kubectlOk(['delete', '-f', '-'], configuration);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function operationsOf({ spec }: V1Pod, { list, at, container }: Addition): readonly Operation[] {
  const present = spec?.[list];
  if (present?.some(({ name }) => name === container.name) === true) return [];
  if (present === undefined) return [{ op: 'add', path: `/spec/${list}`, value: [container] }];
  return [{ op: 'add', path: `/spec/${list}/${at === 'first' ? 0 : '-'}`, value: container }];
}
