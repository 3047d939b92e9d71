import type { Configuration } from '../../config/configuration.ts';
import { load } from '../../denied-sources/load.ts';
import type { LoadedTable } from '../../denied-sources/protocol.ts';
import { tableOfConfigured } from '../../denied/inline.ts';
import { joinTables, type DeniedList } from '../../denied/list.ts';
import { DENIED_LABEL } from '../../function/keys.ts';
import { list, text } from '../../kubernetes/fields.ts';
import type { Problem } from '../../outcome/problem.ts';
import type { Get } from '../../status/cluster-objects.ts';
import { textsAt } from '../../status/workload.ts';
import type { StatusOptions } from '../options/status.ts';

/** The denied versions of an installation as far as the user may read them, and those of files that are named. */
export async function readDenied(
  get: Get,
  { installation, deniedList = [] }: Pick<StatusOptions, 'installation' | 'deniedList'>,
  configuration: Configuration,
): Promise<{ readonly list: DeniedList; readonly problems: readonly Problem[] }> {
  const answer = await get(`/api/v1/namespaces/${encodeURIComponent(installation)}/configmaps`, {
    labelSelector: DENIED_LABEL,
  });
  const unread: readonly Problem[] = answer.ok
    ? []
    : [
        {
          problem: `the lists of namespace ${installation} cannot be read (${answer.message})`,
          fix: 'ask as a user who may, or name copies with --denied-list',
        },
      ];
  const configMaps = (answer.ok ? list(answer.object, 'items') : []).map((item) => ({
    source: `ConfigMap ${installation}/${text(item, 'metadata', 'name')}`,
    loaded: load({ from: 'texts', texts: contentOf(item) }),
  }));
  const all: readonly LoadedSource[] = [...configMaps, ...deniedList.map(readDeniedFolder)];
  return {
    list: joinTables([...all.map(({ loaded }) => loaded.table), tableOfConfigured(configuration.dependencies.denied)]),
    problems: [...unread, ...all.flatMap(problemsOf)],
  };
}

/** What must not run: the configuration's entries, and those of the files that the command line names. */
export function deniedOf(
  places: readonly string[] = [],
  { dependencies }: Configuration,
): { readonly list: DeniedList; readonly problems: readonly Problem[] } {
  const read = places.map(readDeniedFolder);
  const tables = [...read.map(({ loaded }) => loaded.table), tableOfConfigured(dependencies.denied)];
  return { list: joinTables(tables), problems: read.flatMap(problemsOf) };
}

interface LoadedSource {
  /** As messages name it. */
  readonly source: string;
  readonly loaded: LoadedTable;
}

/** @param folder or a file */
const readDeniedFolder = (folder: string): LoadedSource => ({
  source: folder,
  loaded: load({ from: 'folder', folder }),
});

const problemsOf = ({ source, loaded }: LoadedSource): readonly Problem[] =>
  loaded.problems.map(({ place, problem, fix }) => ({
    problem: `${source}${place === '' ? '' : `, ${place}`}: ${problem}`,
    fix,
  }));

function contentOf(item: unknown): ReadonlyMap<string, string | Uint8Array> {
  const object = typeof item === 'object' && item !== null ? item : {};
  return new Map<string, string | Uint8Array>([
    ...Object.entries(textsAt(object, 'data')),
    ...Object.entries(textsAt(object, 'binaryData')).map(
      ([key, value]) => [key, Buffer.from(value, 'base64')] as const,
    ),
  ]);
}
