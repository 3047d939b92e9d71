import { statSync } from 'node:fs';
import path from 'node:path';
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
    nameOf: nameInConfigMap(`ConfigMap ${installation}/${text(item, 'metadata', 'name')}`),
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
  /** How messages name a place of it; empty for the whole. */
  readonly nameOf: (place: string) => string;
  readonly loaded: LoadedTable;
}

/** @param folder or a file */
const readDeniedFolder = (folder: string): LoadedSource => ({
  nameOf: (place) => (place === '' ? folder : path.join(isFile(folder) ? path.dirname(folder) : folder, place)),
  loaded: load({ from: 'folder', folder }),
});

const isFile = (name: string): boolean => statSync(name, { throwIfNoEntry: false })?.isFile() === true;

const nameInConfigMap = (source: string) => (place: string) => (place === '' ? source : `${source}, ${place}`);

const problemsOf = ({ nameOf, loaded }: LoadedSource): readonly Problem[] =>
  loaded.problems.map(({ place, problem, fix }) => ({ problem: `${nameOf(place)}: ${problem}`, fix }));

function contentOf(item: unknown): ReadonlyMap<string, string | Uint8Array> {
  const object = typeof item === 'object' && item !== null ? item : {};
  return new Map<string, string | Uint8Array>([
    ...Object.entries(textsAt(object, 'data')),
    ...Object.entries(textsAt(object, 'binaryData')).map(
      ([key, value]) => [key, Buffer.from(value, 'base64')] as const,
    ),
  ]);
}
