import { list, text } from '../kubernetes/fields.ts';
import { CONTROL_NAME, WEBHOOK_NAME } from '../installation/names.ts';
import type { Get } from './cluster-objects.ts';

/** What one Deployment of an installation runs. */
export interface InstalledPart {
  readonly image: string;
  /** From the image's tag; absent if the tag has another form. */
  readonly version?: string;
}

/** The parts of an installation, or why one cannot be told. */
export interface Installed {
  readonly webhook: InstalledPart | { readonly problem: string };
  readonly control: InstalledPart | { readonly problem: string };
}

/** @param installation namespace where Buildless is installed */
export async function installedVersions(get: Get, installation: string): Promise<Installed> {
  const [webhook, control] = await Promise.all([
    partOf(get, installation, WEBHOOK_NAME),
    partOf(get, installation, CONTROL_NAME),
  ]);
  return { webhook, control };
}

async function partOf(get: Get, installation: string, name: string): Promise<Installed['webhook']> {
  const answer = await get(`/apis/apps/v1/namespaces/${encodeURIComponent(installation)}/deployments/${name}`);
  if (!answer.ok) {
    return { problem: answer.status === 404 ? `not installed in namespace ${installation}` : answer.message };
  }
  const [container] = list(answer.object, 'spec', 'template', 'spec', 'containers');
  const image = text(container, 'image');
  const version = /:v?(\d+\.\d+\.\d[^@]*)/.exec(image)?.[1];
  return { image, ...(version !== undefined && { version }) };
}
