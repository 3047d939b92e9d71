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

/** Sections of which pip takes the settings in an installation, the stronger one last (`_get_ordered_configuration_items`). */
const SECTIONS = ['global', 'install'];
/** They would change the others: `DEFAULT` of Python's configparser, and pip's own for the environment. */
const MEDDLING = ['DEFAULT', ':env:'];

/** @returns the settings, or what uv does not understand as pip does */
export function readPipConf(text: string): PipSettings | { readonly unknown: string } {
  const sections = readSections(text);
  if ('unknown' in sections) return sections;
  const values = new Map(SECTIONS.flatMap((section) => [...(sections.values.get(section) ?? [])]));
  const taken = (name: string): readonly string[] => {
    const found = values.get(name) ?? [];
    values.delete(name);
    return found;
  };
  const [index, ...moreIndexes] = taken('index-url');
  const extraIndexes = taken('extra-index-url');
  const trustedHosts = taken('trusted-host');
  const [certificates, ...moreCertificates] = taken('cert');
  if (moreIndexes.length > 0 || moreCertificates.length > 0) return { unknown: 'two values where pip takes one' };
  const unknown = [...values.keys()].find((name) => !WITHOUT_MEANING.includes(name));
  if (unknown !== undefined) return { unknown };
  return {
    ...(index !== undefined && { index }),
    extraIndexes,
    trustedHosts,
    ...(certificates !== undefined && { certificates }),
  };
}

/** Words by section and key, as Python's configparser has them: it knows no comment behind a value. */
function readSections(
  text: string,
): { readonly values: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>> } | { readonly unknown: string } {
  const values = new Map<string, Map<string, string[]>>();
  let section: Map<string, string[]> | undefined;
  let words: string[] | undefined;
  for (const line of text.split(/\r?\n/)) {
    const content = line.trim();
    if (content === '' || /^[;#]/.test(content)) continue;
    const isIndented = /^\s/.test(line);
    const header = isIndented ? undefined : /^\[([^\]]+)\]$/.exec(content)?.[1];
    const pair = isIndented ? null : /^([A-Za-z0-9_-]+)[ \t]*[=:](.*)$/.exec(content);
    if (header !== undefined) {
      if (MEDDLING.includes(header) || values.has(header)) return { unknown: `the section "${header}"` };
      values.set(header, (section = new Map<string, string[]>()));
      words = undefined;
    } else if (pair !== null && section !== undefined) {
      const key = (pair[1] ?? '').toLowerCase().replaceAll('_', '-');
      if (section.has(key)) return { unknown: `the key ${key} twice` };
      section.set(key, (words = []));
    } else if (!isIndented || words === undefined) return { unknown: `the line "${content.slice(0, 80)}"` };
    // A header has no words.
    for (const word of words === undefined ? [] : wordsOf(pair?.[2] ?? content)) {
      if (/^[;#]/.test(word)) return { unknown: 'a comment behind a value' };
      words?.push(word);
    }
  }
  return { values };
}

const wordsOf = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

/**
 * An index without TLS that pip would pass over (`is_secure_origin` of its session.py): no host is trusted without being named
 * but this machine itself.
 *
 * @returns its host, or the text if it is not an address
 */
export function untrustedIndex({
  index,
  extraIndexes,
  trustedHosts,
}: Pick<PipSettings, 'index' | 'extraIndexes' | 'trustedHosts'>): string | undefined {
  const trusted = new Set(trustedHosts.map((name) => name.toLowerCase()));
  for (const url of [...(index === undefined ? [] : [index]), ...extraIndexes]) {
    if (!URL.canParse(url)) return 'something that is not an address';
    const { protocol, host, hostname } = new URL(url);
    if (protocol === 'https:') continue;
    const isOwn = hostname === 'localhost' || hostname === '[::1]' || /^127\.[\d.]+$/.test(hostname);
    if (protocol !== 'http:' || !(isOwn || trusted.has(hostname) || trusted.has(host))) return host;
  }
  return undefined;
}
