import path from 'node:path';
import { judgeFiles } from '../../admission/dependencies.ts';
import { createOfflineJudge } from '../../admission/judgement.ts';
import { languagesOf } from '../../admission/kinds/config-map.ts';
import type { Configuration } from '../../config/configuration.ts';
import type { Level } from '../../dependencies/policy.ts';
import { aboutOf, errorsOf, ordered, type Report, type ReportedFinding } from '../../report/report.ts';
import { VERSION } from '../../version.ts';
import type { ValidateOptions } from '../commands/validate.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { coloursFor } from '../terminal.ts';
import { readConfiguration, readInput } from './input.ts';
import { openSourceFolder, type SourceFolder } from './source-folder.ts';
import { validateManifests } from './validate-manifests.ts';

/** `buildless validate`. */
export async function validate(options: ValidateOptions): Promise<ExitStatus> {
  const opened = await Promise.all(
    options.filename.map(async (name) => ({ name, folder: await openSourceFolder(name) })),
  );
  const folders = opened.flatMap(({ folder }) => folder ?? []);
  const manifests = opened.filter(({ folder }) => folder === undefined).map(({ name }) => name);
  const configured = await readConfiguration(options.config);
  const input = manifests.length === 0 ? { documents: [] } : await readInput(manifests, undefined);
  if (configured === undefined || input === undefined) return EXIT.wrongInput;

  const configuration = options.level === undefined ? configured : withLevel(configured, options.level);
  const parts = [
    await validateManifests(input.documents, configuration, {
      namespace: options.namespace,
      ignoreLabels: options.level !== undefined,
    }),
    ...(await Promise.all(folders.map((folder) => validateFolder(folder, configuration)))),
  ];
  const report: Report = {
    findings: ordered(parts.flatMap(({ findings }) => findings)),
    judged: parts.reduce((sum, { judged }) => sum + judged, 0),
    files: [...new Set(parts.flatMap(({ files }) => files))],
  };
  process.stdout.write(await written(report, options.output));
  return errorsOf(report) > 0 ? EXIT.refused : EXIT.done;
}

/** The level holds everywhere: no floor, no exemption. */
function withLevel(configuration: Configuration, level: Level): Configuration {
  const { dependencies } = configuration;
  return {
    ...configuration,
    dependencies: { ...dependencies, enforce: level, floor: 'off', exemptNamespaces: [] },
  };
}

async function validateFolder({ folder, files }: SourceFolder, configuration: Configuration): Promise<Report> {
  // Nothing else has this name here; a digest would read every file, where the policy reads a few.
  const source = { namespace: '', files, digest: folder, languages: languagesOf(files) };
  const { enforced, warned } = await judgeFiles(source, configuration.dependencies, {
    configuration: () => configuration,
    judge: createOfflineJudge(),
  });
  const located =
    (severity: ReportedFinding['severity']) =>
    (finding: (typeof enforced)[number]): ReportedFinding => ({
      severity,
      ...aboutOf(finding),
      file: path.posix.join(folder, finding.file ?? ''),
      ...(finding.line !== undefined && { line: finding.line }),
      ...(finding.column !== undefined && { column: finding.column }),
    });
  return {
    findings: [...enforced.map(located('error')), ...warned.map(located('warning'))],
    judged: 1,
    files: [folder === '' ? '.' : folder],
  };
}

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
  }
}
