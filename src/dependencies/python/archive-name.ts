import { normalizeName } from './format/names.ts';

/** As long as the file name of a package may be on an index; a longer one is looked at by nobody. */
const LONGEST = 512;
const ARCHIVES = ['.tar.gz', '.zip', '.tgz', '.tar.bz2', '.tar.xz'];

/**
 * What the name of a wheel (`NAME-VERSION-...whl`) or of a source distribution (`NAME-VERSION.tar.gz`) says: at the end of an
 * address or a path. The name is in its normal form.
 */
export function archiveOf(written: string): { readonly name: string; readonly version: string } | undefined {
  const [path = ''] = written.split(/[?#]/, 1);
  const file = path.slice(path.lastIndexOf('/') + 1);
  if (file.length > LONGEST) return undefined;
  const lower = file.toLowerCase();
  if (lower.endsWith('.whl')) {
    const [name, version, ...rest] = file.split('-');
    return name === undefined || version === undefined || rest.length < 3 ? undefined : named(name, version);
  }
  const suffix = ARCHIVES.find((each) => lower.endsWith(each));
  const at = suffix === undefined ? -1 : file.lastIndexOf('-');
  return at < 1 ? undefined : named(file.slice(0, at), file.slice(at + 1, file.length - (suffix?.length ?? 0)));
}

/** Addresses may write the plus sign of a local version as %2B. */
const named = (name: string, version: string): { readonly name: string; readonly version: string } => ({
  name: normalizeName(name),
  version: version.replace(/%2b/gi, '+'),
});
