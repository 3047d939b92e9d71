import { visible } from '../../outcome/finding.ts';
import { installedVersions, type Installed } from '../../status/installed-version.ts';
import { VERSION } from '../../version.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { openCluster } from './open-cluster.ts';
import { writeData } from './write-data.ts';
import type { VersionOptions } from '../options/version.ts';

/** `buildless version`. */
export async function printVersion(options: VersionOptions): Promise<ExitStatus> {
  const command = { version: VERSION, node: process.version, platform: `${process.platform}/${process.arch}` };
  const installed = options.client ? undefined : await installation(options);
  if (options.output === 'json' || options.output === 'yaml') {
    writeData({ command, ...installed }, options.output);
    return EXIT.done;
  }
  const rows = [
    ['command', options.output === 'wide' ? `${VERSION} (Node.js ${command.node}, ${command.platform})` : VERSION],
    ...(installed === undefined
      ? []
      : (['webhook', 'control'] as const).map((name) => [name, described(installed[name], options.output === 'wide')])),
  ];
  for (const [name = '', value = ''] of rows) process.stdout.write(`${name.padEnd(8)}  ${visible(value)}\n`);
  return EXIT.done;
}

async function installation(options: VersionOptions): Promise<Installed> {
  const cluster = await openCluster(options);
  if ('problem' in cluster) return { webhook: { problem: cluster.problem }, control: { problem: cluster.problem } };
  try {
    return await installedVersions(cluster.get, options.installation);
  } finally {
    cluster.close();
  }
}

function described(part: Installed['webhook'], wide: boolean): string {
  if ('problem' in part) return `unknown (${part.problem})`;
  const { version, image } = part;
  return wide || version === undefined ? `${version ?? 'unknown'} (${image})` : version;
}
