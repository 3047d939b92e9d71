/** What a pip.conf says about indexes (pip.pypa.io/en/stable/topics/configuration). */
export interface PipSettings {
  readonly index?: string;
  readonly extraIndexes: readonly string[];
  readonly trustedHosts: readonly string[];
  /** File with certificate authorities. */
  readonly certificates?: string;
}

/** Change nothing in an installation of wheels by their hashes. */
const WITHOUT_MEANING = [
  'disable-pip-version-check',
  'no-input',
  'progress-bar',
  'no-cache-dir',
  'cache-dir',
  'no-color',
  'quiet',
  'verbose',
  'retries',
  'timeout',
  'default-timeout',
  'root-user-action',
];

/** @returns the settings, or a key that uv does not understand as pip does */
export function readPipConf(text: string): PipSettings | { readonly unknown: string } {
  const values = new Map<string, string[]>();
  let section = '';
  let key = '';
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.replace(/\s+[;#].*$/, '');
    if (line.trim() === '' || /^\s*[;#]/.test(line)) continue;
    const header = /^\[([^\]]+)\]\s*$/.exec(line)?.[1];
    const pair = /^([A-Za-z0-9_-]+)\s*[=:]\s*(.*)$/.exec(line);
    if (header !== undefined) {
      section = header.trim();
    } else if (pair !== null) {
      key = (pair[1] ?? '').toLowerCase().replaceAll('_', '-');
      // Other sections are for other commands of pip.
      if (section !== 'global' && section !== 'install') continue;
      values.set(
        key,
        [...(pair[2] ?? '').split(/\s+/)].filter((word) => word !== ''),
      );
    } else if (/^\s/.test(line)) {
      values.get(key)?.push(...line.trim().split(/\s+/));
    } else {
      return { unknown: `the line "${line.trim()}"` };
    }
  }
  const taken = (name: string): readonly string[] => {
    const found = values.get(name) ?? [];
    values.delete(name);
    return found;
  };
  const [index] = taken('index-url');
  const extraIndexes = taken('extra-index-url');
  const trustedHosts = taken('trusted-host');
  const [certificates] = taken('cert');
  const unknown = [...values.keys()].find((name) => !WITHOUT_MEANING.includes(name));
  if (unknown !== undefined) return { unknown };
  return {
    ...(index !== undefined && { index }),
    extraIndexes,
    trustedHosts,
    ...(certificates !== undefined && { certificates }),
  };
}
