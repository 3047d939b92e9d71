import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { vendorPython } from '../../../../scripts/vendor-python.mjs';

const sources = path.resolve(import.meta.dirname, '../../../../src/pod/python');
const requirements = path.join(sources, 'requirements.txt');
const httpRequirements = path.join(sources, 'requirements-http.txt');
let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'buildless-vendor-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the vendored packages', () => {
  it('are pure Python, with their licences, and without what a server does not need', async () => {
    const target = path.join(scratch, 'vendor');
    await vendorPython(requirements, target);
    const files = await readdir(target, { recursive: true });
    expect(files).toContain('bottle.py');
    expect(files).toContain('cheroot/wsgi.py');
    expect(files.filter((file) => file.includes('LICENSE')).length).toBeGreaterThanOrEqual(5);
    expect(
      files.filter((file) => /\.(so|pyc)$|(^|\/)(bin|tests?|__pycache__|RECORD|direct_url\.json)$/.test(file)),
    ).toEqual([]);
  });

  it('of the API http are pure Python as well: of MarkupSafe the half that is not compiled', async () => {
    const target = path.join(scratch, 'vendor-http');
    await vendorPython(httpRequirements, target);
    const files = await readdir(target, { recursive: true });
    for (const file of ['flask/app.py', 'markupsafe/_native.py', 'cloudevents/core/v1/event.py']) {
      expect(files).toContain(file);
    }
    expect(
      files.filter((file) => /\.(so|c|pyc)$|^[^/]*\.md$|(^|\/)(bin|tests?|__pycache__|RECORD)$/.test(file)),
    ).toEqual([]);
    const licences = files.filter((file) => file.includes('LICENSE'));
    expect(licences.length).toBeGreaterThanOrEqual(9);
  });

  it.each([requirements, httpRequirements])('are each pinned with a hash: %s', async (given) => {
    const lines = (await readFile(given, 'utf8')).split('\n').filter((line) => line && !line.startsWith('#'));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatch(/^[a-z0-9-]+==[0-9.]+(b[0-9]+)? --hash=sha256:[0-9a-f]{64}$/);
  });

  it('import each other when they are loaded only: what is imported later could be the Function’s', async () => {
    const target = path.join(scratch, 'vendor');
    await vendorPython(requirements, target);
    // Bottle's adapter for Cheroot is not used, `packaging` is not what the server calls, and OpenTelemetry is one for both
    // (buildless_server/packages.py).
    const program = `
import ast, pathlib, sys
root = pathlib.Path(sys.argv[1])
ours = {entry.name.removesuffix('.py') for entry in root.iterdir() if not entry.name.endswith('-info')}
for file in sorted(root.rglob('*.py')):
    for function in ast.walk(ast.parse(file.read_text())):
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)): continue
        for node in ast.walk(function):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else [
                '.' if node.level else node.module] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                if name == '.' or name.split('.')[0] in ours: print(file.relative_to(root), name)
`;
    const found = execFileSync('python3', ['-c', program, target], { encoding: 'utf8' }).trim().split('\n');
    expect(found.filter((line) => !/^(packaging|opentelemetry)\//.test(line))).toEqual([
      'bottle.py cheroot',
      'bottle.py cheroot.ssl',
    ]);
  });
});

describe('vendoring', () => {
  it('needs no network, and no Python, where the same requirements were installed before', async () => {
    await vendorPython(requirements, path.join(scratch, 'first'));
    vi.stubEnv('PATH', scratch);
    await vendorPython(requirements, path.join(scratch, 'second'));
    expect(await readdir(path.join(scratch, 'second'))).toEqual(await readdir(path.join(scratch, 'first')));
  });

  it('says what to install where there is no Python', async () => {
    const other = path.join(scratch, 'other.txt');
    await writeFile(other, `# ${scratch}\n`);
    vi.stubEnv('PATH', scratch);
    await expect(vendorPython(other, path.join(scratch, 'third'))).rejects.toThrow(
      'Neither python3 nor python was found: install Python 3.11 or newer.',
    );
  });

  it('shows what pip says where a hash does not match, and leaves nothing behind', async () => {
    const wrong = path.join(scratch, 'wrong.txt');
    await writeFile(wrong, `bottle==0.13.4 --hash=sha256:${'0'.repeat(64)}\n# ${scratch}\n`);
    await expect(vendorPython(wrong, path.join(scratch, 'fourth'))).rejects.toThrow(/DO NOT MATCH THE HASHES/);
    expect(await readdir(scratch)).not.toContain('fourth');
  });
});
