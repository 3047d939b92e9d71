/** What a change of the denied list costs when nothing else happens, and how soon all reports say it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Reflector } from '../../src/api-server/reflector.ts';
import type { ControllerUnderLoad, Spent } from './controller.ts';
import type { DeniedList } from './denied-list.ts';
import { INCIDENT } from './functions.ts';
import { isEach, type FollowedReport } from './reports.ts';
import { until } from './requests.ts';

export interface ChangeFigures extends Spent {
  readonly change: string;
  /** Until the last report says it; undefined if no report has to say anything. */
  readonly milliseconds: number | undefined;
}

/** Work that a change begins has ended by then. */
const SETTLED = 15_000;

export async function measureChanges(
  denied: DeniedList,
  reports: Reflector<FollowedReport> | undefined,
  controller: ControllerUnderLoad,
  namespaces: number,
): Promise<readonly ChangeFigures[]> {
  const figures: ChangeFigures[] = [];
  const measure = async (change: string, names: readonly string[], failed: number | undefined): Promise<void> => {
    await delay(SETTLED);
    const before = await controller.spent();
    await denied.change(names);
    const milliseconds =
      reports === undefined || failed === undefined
        ? undefined
        : await until(() => isEach(reports, namespaces, (report) => report.failed === failed));
    await delay(SETTLED);
    figures.push({ change, milliseconds, ...(await controller.spentSince(before)) });
  };
  await measure('an entry that concerns nobody', ['nobody-has-it'], undefined);
  await measure('an entry that concerns a Function of each namespace', [INCIDENT.name], 1);
  await measure('the same entry removed', [], 0);
  return figures;
}
