import type { Bill, BillPlatform } from '../../../sbom/bill.ts';
import { cycloneDx } from '../../../sbom/cyclone-dx.ts';
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
  if (typeof cluster === 'string') return noCluster(cluster);
  try {
    return conclude(await functionInCluster(name, cluster, options), options, created);
  } finally {
    cluster.close();
  }
}

function conclude(
  read: Awaited<ReturnType<typeof functionInCluster>>,
  { platform, output }: SbomOptions,
  created: Date,
): ExitStatus {
  if (read === undefined) return EXIT.wrongInput;
  const { found, configuration } = read;
  const architecture: BillPlatform['architecture'] = platform === 'linux/arm64' ? 'arm64' : 'amd64';
  const bill = 'kind' in found ? found : billOf(found, configuration, { os: 'linux', architecture });
  if ('kind' in bill) {
    printFindings('error', bill.findings);
    return bill.kind === 'refused' ? EXIT.refused : EXIT.wrongInput;
  }
  writeData(written(bill, output, created), 'json');
  return EXIT.done;
}

const written = (bill: Bill, output: SbomOptions['output'], created: Date): object =>
  output === 'spdx-json' ? spdx(bill, created) : cycloneDx(bill);

/** https://reproducible-builds.org/specs/source-date-epoch/ */
function timeOf(epoch: string | undefined): Date | undefined {
  if (epoch === undefined || epoch === '') return new Date();
  return /^\d{1,11}$/.test(epoch) ? new Date(Number(epoch) * 1000) : undefined;
}
