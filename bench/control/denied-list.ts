/** ConfigMaps with thousands of denied versions, as an administrator keeps them, and one that changes in an incident. */
import type { ApiServer } from '../../src/api-server/api-server.ts';
import { DENIED_LABEL } from '../../src/function/keys.ts';
import { never, post } from './requests.ts';

/** A ConfigMap has room for some 10,000. */
const PER_CONFIG_MAP = 5000;

export class DeniedList {
  private readonly path: string;

  constructor(
    private readonly api: ApiServer,
    namespace: string,
  ) {
    this.path = `/api/v1/namespaces/${namespace}/configmaps`;
  }

  async create(entries: number): Promise<void> {
    for (let first = 0; first < entries; first += PER_CONFIG_MAP) {
      const count = Math.min(PER_CONFIG_MAP, entries - first);
      const names = Array.from({ length: count }, (_, at) => `malicious-${first + at}`);
      await post(this.api, this.path, configMap(`denied-${first}`, names));
    }
    await post(this.api, this.path, configMap('incident', []));
  }

  /** What is denied besides. */
  async change(names: readonly string[]): Promise<void> {
    const { data } = configMap('incident', names);
    const contentType = 'application/merge-patch+json';
    await this.api.change({ method: 'PATCH', path: `${this.path}/incident`, contentType, body: { data } }, never);
  }
}

function configMap(name: string, names: readonly string[]): { readonly metadata: object; readonly data: object } {
  const nodejs = names.map((each) => ({ name: each, reason: 'steals tokens' }));
  return {
    metadata: { name, labels: { [DENIED_LABEL]: 'bench' } },
    data: { 'denied.yaml': JSON.stringify({ dependencies: { denied: { nodejs } } }) },
  };
}
