/** ConfigMaps with thousands of denied versions, as an administrator keeps them, and one that changes in an incident. */
import type { ApiServer } from '../../src/api-server/api-server.ts';
import { DENIED_LABEL } from '../../src/function/keys.ts';
import { never, post } from './requests.ts';

/** Of the shortest reports, a ConfigMap has room for some 6,000. */
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
      const reports = Array.from({ length: count }, (_, at) => reportOf(first + at));
      await post(this.api, this.path, configMap(`denied-${first}`, { 'denied.json': JSON.stringify(reports) }));
    }
    await post(this.api, this.path, configMap('incident', listOf([])));
  }

  /** What is denied besides. */
  async change(names: readonly string[]): Promise<void> {
    const data = listOf(names);
    const contentType = 'application/merge-patch+json';
    await this.api.change({ method: 'PATCH', path: `${this.path}/incident`, contentType, body: { data } }, never);
  }
}

const listOf = (names: readonly string[]): Readonly<Record<string, string>> => {
  const nodejs = names.map((each) => ({ name: each, reason: 'steals tokens' }));
  return { 'denied.yaml': JSON.stringify({ dependencies: { denied: { nodejs } } }) };
};

/** As OpenSSF's malicious-packages has them. */
const reportOf = (index: number): object => ({
  id: `MAL-2026-${index}`,
  summary: 'steals tokens',
  affected: [{ package: { ecosystem: 'npm', name: `malicious-${index}` }, versions: ['1.0.0'] }],
});

const configMap = (name: string, data: Readonly<Record<string, string>>): object => ({
  metadata: { name, labels: { [DENIED_LABEL]: 'bench' } },
  data,
});
