import type { Configuration } from '../config/configuration.ts';
import { CONFIG_KEY, CONFIG_MAP } from '../installation/names.ts';
import type { Patient } from './check.ts';
import { text } from '../kubernetes/fields.ts';

/** The configuration in the cluster; undefined if it cannot be read. */
export async function installedConfiguration({ get, namespace }: Patient): Promise<Configuration | undefined> {
  const answer = await get(`/api/v1/namespaces/${namespace}/configmaps/${CONFIG_MAP}`);
  if (!answer.ok) return undefined;
  const { parseConfiguration } = await import('../config/load.ts');
  const parsed = parseConfiguration(text(answer.object, 'data', CONFIG_KEY), CONFIG_KEY);
  return 'configuration' in parsed ? parsed.configuration : undefined;
}
