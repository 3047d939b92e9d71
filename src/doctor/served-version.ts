import { WEBHOOK_NAME } from '../installation/names.ts';
import { list, text } from '../kubernetes/fields.ts';
import { tagOf } from '../kubernetes/image-reference.ts';
import { VERSION } from '../version.ts';
import type { Patient } from './check.ts';

/** Of the webhook, by the tag of its image; that of this command if there is none. */
export async function servedVersion({ get, namespace }: Pick<Patient, 'get' | 'namespace'>): Promise<string> {
  const answer = await get(`/apis/apps/v1/namespaces/${namespace}/deployments/${WEBHOOK_NAME}`);
  const [container] = answer.ok ? list(answer.object, 'spec', 'template', 'spec', 'containers') : [];
  return versionOf(text(container, 'image')) ?? VERSION;
}

/** The version in an image's tag, if it has one. */
export const versionOf = (image: string): string | undefined => tagOf(image)?.replace(/^v/, '');
