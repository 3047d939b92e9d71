import path from 'node:path';
import { judgeFiles } from '../../admission/dependencies.ts';
import { whileClusterCompares } from '../../admission/missing-locks.ts';
import { createOfflineJudge } from '../../admission/judgement.ts';
import { languagesOf } from '../../admission/kinds/config-map.ts';
import type { Configuration } from '../../config/configuration.ts';
import type { Level } from '../../dependencies/policy.ts';
import { partsOf, type InputPart, type InputParts } from '../../folders/parts.ts';
import { runtimeOf } from '../../folders/runtime.ts';
import { FUNCTION_LABEL } from '../../function/keys.ts';
import { aboutOf, errorsOf, ordered, type Report, type ReportedFinding } from '../../report/report.ts';
import type { DeniedList } from '../../denied/list.ts';
import { isFailure } from '../../lock/lock.ts';
import type { Finding } from '../../outcome/finding.ts';
import type { Problem } from '../../outcome/problem.ts';
import { licencePolicy } from '../../licences/policy.ts';
import { releaseRules } from '../../release-rules/rules.ts';
import { VERSION } from '../../version.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { coloursFor, printFindings, printNote } from '../terminal.ts';
import { readConfiguration, readParts, sourceOptions } from './input.ts';
import { chosenRuntime, runtimeOfFolder } from './lock/chosen-runtime.ts';
import type { Online, OnlineSource } from './online/online.ts';
import { deniedOf } from './read-denied.ts';
import { openSourceFolder, type SourceFolder } from './source-folder.ts';
import { validateManifests } from './validate-manifests.ts';
import type { ValidateOptions } from '../options/validate.ts';

/** `buildless validate`. */
export async function validate(options: ValidateOptions): Promise<ExitStatus> {
  const configured = await readConfiguration(options.config);
  if (configured === undefined) return EXIT.wrongInput;
  const { parts: functions, folders, ...located } = await locate(options, configured);
  // A file that cannot be read hides none of the others.
  const read = await readParts(functions, sourceOptions(options, configured.runtimes));
  const input = {
    documents: read.documents,
    findings: [...located.findings, ...read.findings],
    skipped: [...located.skipped, ...read.skipped],
  };
  printFindings('error', input.findings);

  const configuration = options.level === undefined ? configured : withLevel(configured, options.level);
  const denied = deniedOf(options.denied, configuration);
  printFindings('error', denied.problems);
  const online = options.online ? await openOnline(configured, denied.list, options) : undefined;
  if (online === 'wrong') return EXIT.wrongInput;
  const context = { configuration, denied: denied.list, online };
  const parts = [
    await validateManifests(input.documents, configuration, {
      namespace: options.namespace,
      ignoreLabels: options.level !== undefined,
      denied: denied.list,
      online,
    }),
  ];
  for (const folder of folders) parts.push(await validateFolder(folder, context));
  if (online?.hasRules === false) printNote(NO_RULES);
  const report: Report = {
    findings: ordered(parts.flatMap(({ findings }) => findings)),
    judged: parts.reduce((sum, { judged }) => sum + judged, 0),
    files: [...new Set(parts.flatMap(({ files }) => files))],
    skipped: input.skipped,
  };
  const isIncomplete = input.findings.length > 0 || denied.problems.length > 0;
  if (isIncomplete && report.judged === 0 && report.findings.length === 0) return EXIT.wrongInput;
  process.stdout.write(await written(report, options.output));
  if (isIncomplete) return EXIT.wrongInput;
  if (errorsOf(report) > 0) return EXIT.refused;
  if (report.judged > 0) return EXIT.done;
  // A pipeline over many folders must not fail because one of them has no Function.
  if (input.documents.length > 0) {
    printNote(NO_FUNCTION);
    return EXIT.done;
  }
  printFindings('error', [NO_MANIFESTS]);
  return EXIT.wrongInput;
}

/**
 * Takes apart what the command line names. Of a file with dependencies, and of a source whose runtime is not known, only
 * the dependencies can be judged.
 */
async function locate(
  { filename, recursive = false, runtime }: ValidateOptions,
  { runtimes }: Configuration,
): Promise<InputParts & { readonly folders: readonly SourceFolder[] }> {
  const { parts, ...others } = await partsOf(filename, recursive);
  const folders: SourceFolder[] = [];
  const functions: InputPart[] = [];
  const unreadable: Problem[] = [];
  for (const part of parts) {
    const unknown = part.kind === 'source' ? runtimeOf(part.path, runtime, runtimes) : undefined;
    const isKnown = unknown === undefined || 'name' in unknown || runtime !== undefined;
    const folder = isKnown && part.kind !== 'file' ? undefined : await openSourceFolder(part.path);
    if (folder === undefined) functions.push(part);
    else if (folder.unreadable.length > 0) unreadable.push(...folder.unreadable);
    else {
      folders.push(folder);
      if (part.kind === 'source')
        printNote(`${part.path}: a source whose runtime is not known; only its dependencies are checked`);
    }
  }
  return { ...others, findings: [...others.findings, ...unreadable], parts: functions, folders };
}

const NO_FUNCTION = `No Functions: no Pod template and no ConfigMap of the input has the label ${FUNCTION_LABEL}.`;

const NO_MANIFESTS = {
  problem: 'nothing to judge: the input has no manifests',
  fix: `name files with Pod templates or ConfigMaps that have the label ${FUNCTION_LABEL}`,
};

/** The level holds everywhere: no floor, no exemption, and no lock of the cluster stands for the author's. */
function withLevel(configuration: Configuration, level: Level): Configuration {
  const { dependencies, revisions } = configuration;
  const { licences } = dependencies;
  // The controller still looks them up.
  const unknown = revisions.locks === 'cluster' && licences.unknown === 'refuse' ? 'warn' : licences.unknown;
  return {
    ...configuration,
    revisions: { ...revisions, locks: 'author' },
    dependencies: {
      ...dependencies,
      enforce: level,
      floor: 'off',
      exemptNamespaces: [],
      licences: { ...licences, unknown },
    },
  };
}

interface FolderContext {
  readonly configuration: Configuration;
  readonly denied: DeniedList;
  readonly online: Online | undefined;
}

async function validateFolder(
  { folder, files }: SourceFolder,
  { configuration, denied, online }: FolderContext,
): Promise<Report> {
  // Nothing else has this name here; a digest would read every file, where the policy reads a few.
  const source = {
    namespace: '',
    files,
    digest: folder,
    languages: languagesOf(files),
    licences: licencePolicy(configuration.dependencies.licences),
  };
  const verdict = await judgeFiles(source, configuration.dependencies, {
    configuration: () => configuration,
    judge: createOfflineJudge(),
    denied: () => denied,
  });
  const { enforced, warned, unchecked = [] } = whileClusterCompares(verdict, configuration);
  const name = path.basename(path.resolve(folder));
  const rules = releaseRules(configuration.dependencies);
  const asked = await online?.judge({ ...source, name, runtime: knownRuntime(folder, configuration), rules });
  const located =
    (severity: ReportedFinding['severity']) =>
    (finding: Finding<string>): ReportedFinding => ({
      severity,
      ...aboutOf(finding),
      file: path.posix.join(folder, finding.file ?? ''),
      ...(finding.line !== undefined && { line: finding.line }),
      ...(finding.column !== undefined && { column: finding.column }),
    });
  return {
    findings: [
      ...[...enforced, ...(asked?.findings ?? [])].map(located('error')),
      ...[...warned, ...unchecked, ...(asked?.warnings ?? [])].map(located('warning')),
    ],
    judged: 1,
    files: [folder === '' ? '.' : folder],
    skipped: [],
  };
}

/** As the folder says, if it says one. */
function knownRuntime(folder: string, configuration: Configuration): OnlineSource['runtime'] {
  const { language, version } = runtimeOfFolder(folder, configuration);
  return language === undefined ? undefined : { language, ...(version !== undefined && { version }) };
}

/** @returns `wrong` if an option is, which is printed */
async function openOnline(
  configuration: Configuration,
  denied: DeniedList,
  { runtime: name }: ValidateOptions,
): Promise<Online | 'wrong'> {
  const { Online } = await import('./online/online.ts');
  const runtime = chosenRuntime(name, configuration);
  if (isFailure(runtime)) {
    printFindings('error', [runtime]);
    return 'wrong';
  }
  return new Online({ configuration, runtime, judge: createOfflineJudge(), denied: () => denied });
}

const NO_RULES =
  '--online: no rule needs the registries (no minimum release age, no licences, nothing denied), so none was asked; name the configuration of the cluster with --config.';

async function written(report: Report, format: ValidateOptions['output']): Promise<string> {
  switch (format) {
    case 'text': {
      const { writeText } = await import('../../report/text.ts');
      return writeText(report, coloursFor(process.stdout));
    }
    case 'json': {
      const { writeJson } = await import('../../report/json.ts');
      return writeJson(report);
    }
    case 'sarif': {
      const { writeSarif } = await import('../../report/sarif.ts');
      return writeSarif(report, VERSION);
    }
    case 'gitlab': {
      const { writeGitLab } = await import('../../report/gitlab.ts');
      return writeGitLab(report);
    }
  }
}
