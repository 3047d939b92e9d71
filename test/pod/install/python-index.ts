import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type FakeRegistry, startRegistry } from './fake-registry.ts';

/** A wheel as bytes, or a source distribution. */
export interface DistributionFile {
  /** Of the package, normal (PEP 503). */
  readonly name: string;
  readonly file: string;
  readonly content: Uint8Array;
  /** ISO 8601; absent: the index gives no time. */
  readonly uploaded?: string;
  /** Whether the index has an attestation (PEP 740); absent: it does not tell. */
  readonly attested?: boolean;
  /** Why it was yanked. */
  readonly yanked?: string;
  /** Headers of its metadata, which the index gives next to it (PEP 658); absent: it gives none. */
  readonly described?: string;
}

export interface WheelOptions {
  readonly requires?: readonly string[];
  /** Written in place of `NAME.py`, by their paths in the wheel. */
  readonly files?: Readonly<Record<string, string>>;
  /** In the wheel, but not in its RECORD. */
  readonly unlisted?: Readonly<Record<string, string>>;
  /** Lines of RECORD beside those of its files. */
  readonly record?: string;
  /** What METADATA says, if it is not the name and version of the file. */
  readonly metadata?: Readonly<{ name?: string; version?: string }>;
}

const PROGRAM = `
import base64, hashlib, json, sys, zipfile
file, name, version, options = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
info = f"{name}-{version}.dist-info"
metadata = {"name": name, "version": version, **options.get("metadata", {})}
requires = "".join(f"Requires-Dist: {each}\\n" for each in options.get("requires", []))
files = {
    **options.get("files", {f"{name}.py": f"VERSION = {version!r}\\n"}),
    f"{info}/METADATA": f"Metadata-Version: 2.1\\nName: {metadata['name']}\\nVersion: {metadata['version']}\\n{requires}",
    f"{info}/WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
}
digest = lambda text: base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
quote = lambda path: '"' + path.replace('"', '""') + '"' if ',' in path or '"' in path else path
record = "".join(f"{quote(path)},sha256={digest(text)},{len(text.encode())}\\n" for path, text in files.items())
with zipfile.ZipFile(file, "w") as wheel:
    for path, text in {**files, **options.get("unlisted", {})}.items():
        wheel.writestr(path, text)
    wheel.writestr(f"{info}/RECORD", record + options.get("record", "") + f"{info}/RECORD,,\\n")
`;

/** A wheel for any Python (packaging.python.org, "Binary distribution format"). */
export async function makeWheel(
  folder: string,
  name: string,
  version: string,
  options: WheelOptions = {},
): Promise<DistributionFile> {
  const file = `${name}-${version}-py3-none-any.whl`;
  const place = path.join(folder, file);
  execFileSync('python3', ['-I', '-c', PROGRAM, place, name, version, JSON.stringify(options)]);
  return { name: name.toLowerCase().replace(/[-_.]+/g, '-'), file, content: await readFile(place) };
}

export const sha256Of = ({ content }: DistributionFile): string => createHash('sha256').update(content).digest('hex');

/** A source distribution whose setup.py leaves a file where it ran. */
export function makeSdist(folder: string, name: string, version: string, trace: string): DistributionFile {
  const program = [
    'import io, sys, tarfile',
    'file, name, version, trace = sys.argv[1:]',
    'setup = f"open({trace!r}, \'w\').close()\\nfrom setuptools import setup\\nsetup(name={name!r}, version={version!r})\\n"',
    'with tarfile.open(file, "w:gz") as archive:',
    '    for path, text in {"setup.py": setup, "PKG-INFO": f"Metadata-Version: 1.0\\nName: {name}\\nVersion: {version}\\n"}.items():',
    '        entry = tarfile.TarInfo(f"{name}-{version}/{path}"); entry.size = len(text.encode())',
    '        archive.addfile(entry, io.BytesIO(text.encode()))',
    'sys.stdout.buffer.write(open(file, "rb").read())',
  ].join('\n');
  const file = `${name}-${version}.tar.gz`;
  const content = execFileSync('python3', ['-I', '-c', program, path.join(folder, file), name, version, trace]);
  return { name, file, content };
}

const JSON_TYPE = 'application/vnd.pypi.simple.v1+json';

/** An index of PyPI's kind (peps.python.org/pep-0503, and pep-0691 for who accepts JSON). */
export const startIndex = async (distributions: readonly DistributionFile[], host?: string): Promise<FakeRegistry> =>
  await startRegistry((place, response, _address, { accept = '' }) => {
    const wanted =
      place
        .split('?', 1)[0]
        ?.replace(/^\/(?:simple|files)\//, '')
        .replace(/\/$/, '') ?? '';
    const found = distributions.find(({ file }) => file === wanted);
    const listed = distributions.filter(({ name }) => name === wanted);
    const described = distributions.find(({ file }) => `${file}.metadata` === wanted)?.described;
    if (described !== undefined) response.writeHead(200).end(described);
    else if (found !== undefined) response.writeHead(200).end(found.content);
    else if (listed.length > 0 && accept.includes(JSON_TYPE)) {
      response.writeHead(200, { 'content-type': JSON_TYPE }).end(JSON.stringify(projectOf(wanted, listed)));
    } else if (listed.length > 0) {
      const links = listed.map((each) => `<a href="/files/${each.file}#sha256=${sha256Of(each)}">${each.file}</a>`);
      response.writeHead(200, { 'content-type': 'text/html' }).end(links.join('\n'));
    } else response.writeHead(404).end();
  }, host);

const projectOf = (name: string, listed: readonly DistributionFile[]): unknown => ({
  meta: { 'api-version': '1.1' },
  name,
  files: listed.map((each) => ({
    filename: each.file,
    url: `/files/${each.file}`,
    hashes: { sha256: sha256Of(each) },
    size: each.content.byteLength,
    yanked: each.yanked ?? false,
    ...(each.attested !== undefined && {
      provenance: each.attested ? `https://index.example/integrity/${name}/${each.file}/provenance` : null,
    }),
    ...(each.uploaded !== undefined && { 'upload-time': each.uploaded }),
    ...(each.described !== undefined && { 'core-metadata': true }),
  })),
});
