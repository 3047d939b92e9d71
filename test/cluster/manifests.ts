import { INSTALL_NAMESPACE } from '../../src/installation/names.ts';
import { at, installed } from '../installation/shipped.ts';
import type { Opened } from './given.ts';
import { kubectl, kubectlOk } from './kubectl.ts';

const isRegistration = (object: unknown): boolean => String(at(object, 'kind')).endsWith('WebhookConfiguration');
const list = (items: readonly unknown[]): object => ({ apiVersion: 'v1', kind: 'List', items });

/** Installs deploy/install.yaml, but for the registration of a Service that no Pod stands behind here. */
export async function installManifests(): Promise<Opened<string>> {
  const objects = installed().filter((object) => !isRegistration(object));
  const value = await kubectlOk(['apply', '--validate=strict', '-f', '-'], list(objects));
  return {
    value,
    async close() {
      await kubectl(['delete', '--wait=false', '-f', '-'], list(objects));
      await kubectl(['wait', '--for=delete', `namespace/${INSTALL_NAMESPACE}`, '--timeout=60s']);
    },
  };
}
