/** The CRDs of both APIs for reports: our own words for their schemas, and what their projects release. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { REPORT_KINDS, type ReportKind } from '../../src/policy-report/kinds.ts';
import { eventually } from './given.ts';
import { kubectl, kubectlOk } from './kubectl.ts';
import { reportDefinition } from './report-schema.ts';

export type ReportGroup = 'openreports.io' | 'wgpolicyk8s.io';

export function kindOf(group: ReportGroup): ReportKind {
  const kind = REPORT_KINDS.find((each) => each.group === group);
  if (kind === undefined) throw new Error(`no kind of reports in ${group}`);
  return kind;
}

const established = async (group: ReportGroup): Promise<void> => {
  const { resource, apiVersion } = kindOf(group);
  await kubectlOk(['wait', '--for=condition=Established', `crd/${resource}.${group}`, '--timeout=60s']);
  await eventually(
    () => kubectl(['get', '--raw', `/apis/${apiVersion}/${resource}`]),
    ({ status }) => status === 0,
    60_000,
  );
};

export async function defineReports(group: ReportGroup): Promise<void> {
  await kubectlOk(['apply', '-f', '-'], reportDefinition(kindOf(group)));
  await established(group);
}

export async function removeDefinition(group: ReportGroup): Promise<void> {
  await kubectl(['delete', 'crd', `${kindOf(group).resource}.${group}`, '--ignore-not-found', '--wait=true']);
}

/** A release of a project, as Go's module proxy has it. */
const RELEASES: Readonly<
  Record<ReportGroup, { readonly module: string; readonly sum: string; readonly file: string }>
> = {
  'openreports.io': {
    module: 'github.com/openreports/reports-api@v0.2.1',
    sum: 'h1:g9KS3yle9Y1elmww4TK9EkD1rl6inIaiIJPX6e+u680=',
    file: 'config/crd/openreports.io_reports.yaml',
  },
  'wgpolicyk8s.io': {
    module: 'sigs.k8s.io/wg-policy-prototypes@v0.0.0-20230505033312-51c21979086a',
    sum: 'h1:tbASfGvbUgbwsJuh9T0+IZ0hhUNOkryo9Vquv1vjw+o=',
    file: 'policy-report/crd/v1alpha2/wgpolicyk8s.io_policyreports.yaml',
  },
};

/** The CRD of its project. @returns why it cannot be had */
export async function defineReleased(group: ReportGroup): Promise<string | undefined> {
  const definition = await released(group);
  if ('reason' in definition) return definition.reason;
  await kubectlOk(['apply', '-f', '-'], definition.yaml);
  await established(group);
  return undefined;
}

async function released(group: ReportGroup): Promise<{ readonly yaml: string } | { readonly reason: string }> {
  const { module, sum, file } = RELEASES[group];
  const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'buildless/report-definitions');
  const kept = path.join(cache, `${module.replaceAll('/', '+')}.yaml`);
  if (existsSync(kept)) return { yaml: readFileSync(kept, 'utf8') };
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-definitions-'));
  try {
    // The sum takes the place of the checksum database.
    const env = { ...process.env, GOFLAGS: '-mod=mod', GONOSUMDB: '*', GOWORK: 'off' };
    const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', module], { cwd: folder, env });
    const { Dir, Sum } = JSON.parse(stdout) as { readonly Dir: string; readonly Sum: string };
    if (Sum !== sum) throw new Error(`${module} has the sum ${Sum}, not ${sum}`);
    const yaml = readFileSync(path.join(Dir, file), 'utf8');
    mkdirSync(cache, { recursive: true });
    const unfinished = path.join(folder, 'definition.yaml');
    writeFileSync(unfinished, yaml);
    try {
      renameSync(unfinished, kept);
    } catch {
      // Another file system: it is asked for again next time.
    }
    return { yaml };
  } catch (error) {
    if (error instanceof Error && error.message.includes('has the sum')) throw error;
    return { reason: `${module} cannot be had from Go's module proxy: ${String(error)}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
