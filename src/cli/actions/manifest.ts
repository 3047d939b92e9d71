import { existsSync } from 'node:fs';
import { partsOf, type InputPart } from '../../folders/parts.ts';
import { kindOf, nameOf } from '../../kubernetes/object.ts';
import { inKibibytes, sizeOfConfigMap } from '../../manifests/config-map-size.ts';
import { writeJson, writeYaml } from '../../manifests/write.ts';
import type { Problem } from '../../outcome/problem.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import type { ManifestOptions } from '../options/manifest.ts';
import { printFindings, printNote } from '../terminal.ts';
import { readConfiguration, readParts, sourceOptions } from './input.ts';

/** `kubectl apply` keeps a copy of the object in an annotation, and all annotations together may have this size. */
const LARGEST_APPLIED = 256 * 1024;

/** `buildless manifest`. */
export async function printManifest(options: ManifestOptions): Promise<ExitStatus> {
  const configuration = await readConfiguration(options.config);
  if (configuration === undefined) return EXIT.wrongInput;
  const { parts, findings } = await partsOf(options.filename, options.recursive ?? false);
  const unfit = [
    ...findings,
    ...parts.flatMap(alreadyManifests),
    ...oneNameForSeveral(parts, options),
    ...withoutEffect(parts, options),
  ];
  const read = await readParts(
    parts.filter(({ kind }) => kind === 'source' || kind === 'kustomization'),
    sourceOptions(options, configuration.runtimes),
  );
  const errors = [...unfit, ...read.findings];
  printFindings('error', errors);
  if (errors.length > 0) return EXIT.wrongInput;
  const { documents } = read;
  for (const { object } of documents) {
    const size = sizeOfConfigMap(object);
    if (kindOf(object) === 'ConfigMap' && size > LARGEST_APPLIED)
      printNote(`the ConfigMap ${nameOf(object)} has ${inKibibytes(size)}: "kubectl apply" needs --server-side for it`);
  }
  process.stdout.write(options.output === 'json' ? writeJson(documents) : writeYaml(documents));
  return EXIT.done;
}

function alreadyManifests({ kind, path }: InputPart): readonly Problem[] {
  if (kind === 'source' || kind === 'kustomization') return [];
  return [
    kind === 'manifests'
      ? { file: path, problem: 'the folder has manifests already', fix: `apply it with: kubectl apply -f ${path}` }
      : {
          file: path,
          problem: existsSync(path) ? 'this is not a folder' : 'the folder does not exist',
          fix: 'name the folder with the source of a Function',
        },
  ];
}

function oneNameForSeveral(parts: readonly InputPart[], { name }: ManifestOptions): readonly Problem[] {
  if (name === undefined || parts.filter(({ kind }) => kind === 'source').length < 2) return [];
  return [{ problem: '--name cannot name several Functions', fix: 'give one folder, or leave --name out' }];
}

/** A kustomization names its Functions and their runtimes itself. */
function withoutEffect(parts: readonly InputPart[], { name, runtime }: ManifestOptions): readonly Problem[] {
  const [kustomization] = parts.filter(({ kind }) => kind === 'kustomization');
  if (kustomization === undefined || parts.some(({ kind }) => kind === 'source')) return [];
  const given = [...(name === undefined ? [] : ['--name']), ...(runtime === undefined ? [] : ['--runtime'])];
  if (given.length === 0) return [];
  return [
    {
      file: kustomization.path,
      problem: `${given.join(' and ')} cannot change a kustomization`,
      fix: 'change its manifests, or leave the option out',
    },
  ];
}
