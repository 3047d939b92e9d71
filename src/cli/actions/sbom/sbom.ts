import type { Bill, BillPlatform } from '../../../sbom/bill.ts';
import { licencePolicy, type LicencePolicy } from '../../../licences/policy.ts';
import { cycloneDx } from '../../../sbom/cyclone-dx.ts';
import { licenceList, licenceTable } from '../../../sbom/licence-list.ts';
import { spdx } from '../../../sbom/spdx.ts';
import { EXIT, type ExitStatus } from '../../exit.ts';
import type { SbomOptions } from '../../options/sbom.ts';
import { printFindings } from '../../terminal.ts';
import { openCluster } from '../open-cluster.ts';
import { noCluster } from '../status.ts';
import { writeData } from '../write-data.ts';
import { billOf } from './billed-function.ts';
import { functionInCluster } from './in-cluster.ts';
import { functionInFiles } from './in-files.ts';

/** `buildless sbom`. */
export async function printSbom(name: string | undefined, options: SbomOptions): Promise<ExitStatus> {
  const created = timeOf(process.env.SOURCE_DATE_EPOCH);
  if (created === undefined) {
    printFindings('error', [
      {
        problem: 'SOURCE_DATE_EPOCH is not a number of seconds since 1970',
        fix: 'unset it, or e.g. SOURCE_DATE_EPOCH=$(date +%s)',
      },
    ]);
    return EXIT.wrongInput;
  }
  if (name === undefined)
    return conclude(await functionInFiles({ ...options, filename: options.filename ?? [] }), options, created);
  const cluster = await openCluster(options);
  if ('problem' in cluster) return noCluster(cluster);
  try {
    return conclude(await functionInCluster(name, cluster, options), options, created);
  } finally {
    cluster.close();
  }
}

function conclude(
  read: Awaited<ReturnType<typeof functionInCluster | typeof functionInFiles>>,
  { platform, output }: SbomOptions,
  created: Date,
): ExitStatus {
  if (read === undefined) return EXIT.wrongInput;
  const { found, configuration } = read;
  const architecture: BillPlatform['architecture'] = platform === 'linux/arm64' ? 'arm64' : 'amd64';
  const bill = 'kind' in found ? found : billOf(found, configuration, { os: 'linux', architecture });
  if ('kind' in bill) {
    if (bill.kind === 'refused' && 'print' in read) read.print(bill.findings);
    else printFindings('error', bill.findings);
    return bill.kind === 'refused' ? EXIT.refused : EXIT.wrongInput;
  }
  const policy = licencePolicy(configuration.dependencies.licences);
  if (output === 'licences') process.stdout.write(licenceTable(licenceList(bill, policy)));
  else writeData(written(bill, output, created, policy), 'json');
  return EXIT.done;
}

function written(
  bill: Bill,
  output: Exclude<SbomOptions['output'], 'licences'>,
  created: Date,
  policy: LicencePolicy | undefined,
): object {
  switch (output) {
    case 'licences-json':
      return { function: bill.name, licences: licenceList(bill, policy) };
    case 'spdx-json':
      return spdx(bill, created);
    case 'cyclonedx-json':
      return cycloneDx(bill);
  }
}

/** https://reproducible-builds.org/specs/source-date-epoch/ */
function timeOf(epoch: string | undefined): Date | undefined {
  if (epoch === undefined || epoch === '') return new Date();
  return /^\d{1,11}$/.test(epoch) ? new Date(Number(epoch) * 1000) : undefined;
}
