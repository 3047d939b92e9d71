// `npm run manifests`: puts the version of package.json where it belongs, and writes deploy/install.yaml, the whole of deploy/ in one
// file, and the chart in deploy/chart. Kustomize comes with kubectl; nothing else is needed, and nothing else is worth the trouble of
// being right about patches and generators a second time.
import { spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeVersion } from './version.mjs';

const root = path.resolve(import.meta.dirname, '..');
const HEADER = `# Buildless in one file, for \`kubectl apply -f\`. Written by \`npm run manifests\` from deploy/base: change it there.\n`;
const PARAMETERS_HEADER = `# The lists that only-policy.yaml reads. Written by \`npm run manifests\` from config.yaml: change it there.\n`;

/** @returns {{ manifests: string } | { missing: string }} what kustomize makes of a folder, or why there is none */
export function kustomize(folder) {
  for (const [command, ...args] of [
    ['kubectl', 'kustomize', folder],
    ['kustomize', 'build', folder],
  ]) {
    const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', cwd: root });
    if (error?.code === 'ENOENT') continue;
    if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${stderr || error?.message}`);
    return { manifests: stdout };
  }
  return { missing: 'neither kubectl nor kustomize is installed' };
}

/** The lists of the policy for namespaces of Functions only, as deploy/config.yaml has them; see src/installation/only-parameters.ts. */
async function parameters() {
  const { tsImport } = await import('tsx/esm/api');
  const load = await tsImport('../src/config/load.ts', import.meta.url);
  const { onlyConfigMap } = await tsImport('../src/installation/only-parameters.ts', import.meta.url);
  const { writeKubernetesYaml } = await tsImport('../src/manifests/kubernetes-yaml.ts', import.meta.url);
  const loaded = await load.loadConfiguration(path.join(root, 'deploy/config.yaml'));
  if ('findings' in loaded) throw new Error(JSON.stringify(loaded.findings));
  return PARAMETERS_HEADER + writeKubernetesYaml(onlyConfigMap(loaded.configuration));
}

async function writeChart() {
  const { tsImport } = await import('tsx/esm/api');
  const { chartFiles } = await tsImport('./chart/chart.ts', import.meta.url);
  for (const [name, text] of await chartFiles()) {
    const file = path.join(root, 'deploy/chart', name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

if (process.argv[1] === import.meta.filename) {
  await writeVersion();
  await writeFile(path.join(root, 'deploy/base/only-parameters.yaml'), await parameters());
  await writeChart();
  const built = kustomize('deploy');
  if ('missing' in built) {
    console.error(`${built.missing}; install kubectl, which has kustomize built in`);
    process.exit(1);
  }
  const file = path.join(root, 'deploy/install.yaml');
  const text = HEADER + built.manifests;
  const stale = (await readFile(file, 'utf8').catch(() => '')) !== text;
  await writeFile(file, text);
  console.log(`deploy/install.yaml ${stale ? 'written' : 'is up to date'}`);
}
