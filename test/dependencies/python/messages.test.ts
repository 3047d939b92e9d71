import { describe, expect, it } from 'vitest';
import { hasPythonDependencies } from '../../../src/dependencies/python/present.ts';
import { judge, messages, sourceOf, verdicts } from './sources.ts';

const HASH = 'a'.repeat(64);
const wheel = (name: string, version: string, host = 'files.pythonhosted.org'): string =>
  `wheels = [{ url = "https://${host}/${name}-${version}-py3-none-any.whl", hashes = { sha256 = "${HASH}" } }]\n`;
const locked = (name: string, version: string, host?: string): string =>
  `[[packages]]\nname = "${name}"\nversion = "${version}"\n${wheel(name, version, host)}`;
const LOCK = `lock-version = "1.0"\ncreated-by = "test"\n`;

/** What a person reads about one line, without what only the level "locked" refuses. */
const told = (line: string, files: Readonly<Record<string, string>> = {}): readonly string[] =>
  messages({ ...files, 'requirements.txt': `${line}\n` }).filter((message) => !message.startsWith('locked'));

describe('what a person reads about a requirement', () => {
  it.each([
    [
      'requests',
      'no-latest requirements.txt:1:1: "requests" names no version, so each Pod installs the newest release of the day it starts; write requests==VERSION, with the version that you tested, or add a pylock.toml [dependencies-float]',
    ],
    [
      'requests>=2',
      'no-latest requirements.txt:1:1: "requests>=2" has no upper bound, so each Pod installs the newest release of the day it starts; write requests==VERSION, with the version in >=2 that you tested, or add a pylock.toml [dependencies-float]',
    ],
    [
      'requests[socks]~=2.1',
      'exact requirements.txt:1:1: "requests[socks]~=2.1" is a range, so each Pod installs the newest release in it on the day it starts; write requests[socks]==VERSION, with the version in ~=2.1 that you tested, or add a pylock.toml [dependencies-float]',
    ],
    [
      'pkg @ https://h.example/p.zip',
      'no-latest requirements.txt:1:1: "pkg @ https://h.example/p.zip" has no hash, so whatever lies at the address when a Pod starts is installed; add --hash=sha256: and the hash of the file ("pip hash FILE" prints it), or take a version from an index with == [dependencies-float]',
    ],
    [
      'pkg @ git+https://git.example/p@main',
      'no-latest requirements.txt:1:1: "pkg @ git+https://git.example/p@main" names "main", a branch or tag that can be moved; write the whole commit behind the repository, @ and 40 hexadecimal digits in place of @main [dependencies-float]',
    ],
    [
      '/opt/p.zip',
      'no-latest requirements.txt:1:1: "/opt/p.zip" leads outside the Function\'s source; put the file into the source and write its path there, such as ./pkg-1.0-py3-none-any.whl, or take a version from an index with == [dependencies-float]',
    ],
    [
      './none',
      'no-latest requirements.txt:1:1: "./none" is not in the source (paths begin at its top, where pip runs); correct the path, or add the file to the source [dependencies-invalid]',
    ],
    [
      '--extra-index-url https://i.example/simple',
      'no-latest requirements.txt:1:1: the index "https://i.example/simple" is not allowed, and whoever can publish there chooses what is installed; remove the option, or have the administrator add the index to dependencies.registries.python of the configuration [dependencies-float]',
    ],
    [
      '-f https://i.example/files',
      'no-latest requirements.txt:1:1: files from "https://i.example/files" are not allowed, and whoever can put one there chooses what is installed; remove the option, or have the administrator add the address to dependencies.registries.python of the configuration [dependencies-float]',
    ],
    [
      '--trusted-host pypi.org',
      'no-latest requirements.txt:1:1: the certificate of "pypi.org" would not be checked, so anyone on the way can send other files; remove the option; where the index has a private CA, name it in pip.conf ("cert") of the Secret in buildless.dev/registry [dependencies-float]',
    ],
    [
      '-i https://deploy:hunter2@allowed.example/simple',
      'exact requirements.txt:1:4: "https://***@allowed.example/simple" holds a credential, and whoever can read the source can read it; have it replaced, and put the new one into pip.conf of a Secret that buildless.dev/registry names [credential-in-source]',
    ],
    [
      `p @ git+https://hunter2@git.example/p@${'a'.repeat(40)}`,
      `exact requirements.txt:1:5: "git+https://***@git.example/p@${'a'.repeat(40)}" holds a credential, and whoever can read the source can read it; have it replaced, and take a released version from an index; pip.conf of a Secret that buildless.dev/registry names may hold its credential [credential-in-source]`,
    ],
    [
      'a==${V}',
      'no-latest requirements.txt:1:4: what ${V} stands for is known only when a Pod starts; write the value itself; credentials of an index belong in pip.conf of the Secret in buildless.dev/registry [dependencies-float]',
    ],
    [
      '-r none.txt',
      'no-latest requirements.txt:1:1: the included file "none.txt" is not in the source; correct the path, which begins at the including file, or add the file [dependencies-invalid]',
    ],
    [
      '-r https://h.example/r.txt',
      'no-latest requirements.txt:1:1: the included file "https://h.example/r.txt" is read from its address again by each Pod; put the file into the source and include it from there [dependencies-float]',
    ],
    [
      'requests=2',
      'no-latest requirements.txt:1:9: a single "=" compares nothing; "==" does; write it as NAME==VERSION, or as NAME @ URL [dependencies-invalid]',
    ],
    [
      'a==1 --nothing',
      'no-latest requirements.txt:1:6: pip has no option --nothing in a requirements file; correct the option, or remove it [dependencies-invalid]',
    ],
  ])('%s', (line, message) => {
    expect(told(line)).toEqual([message]);
  });

  it('names what package and spec it is about', () => {
    expect(judge({ 'requirements.txt': 'six==1.0\nrequests >= 2 # web\n' })[1]).toMatchObject({
      line: 2,
      column: 1,
      package: 'requests',
      spec: 'requests >= 2',
      level: 'no-latest',
    });
  });

  it('names the version of a lock that the installer does not read', () => {
    const uv = 'version = 1\n[[package]]\nname = "requests"\nversion = "2.32.3"\n';
    const pipenv = '{"default": {"requests": {"version": "==2.31.0"}}}';
    expect(told('Requests', { 'uv.lock': uv })[0]).toContain('write Requests==2.32.3, the version that uv.lock names');
    expect(told('requests>=2', { 'Pipfile.lock': pipenv })[0]).toContain(
      'write requests==2.31.0, the version that Pipfile.lock names',
    );
  });
});

describe('several lines about one package', () => {
  it('are taken together: a constraint pins', () => {
    expect(verdicts({ 'requirements.txt': '-c c.txt\nRequests\n', 'c.txt': 'requests==2.32.3\n' })).toEqual([
      'locked requirements.txt:2',
    ]);
    expect(verdicts({ 'requirements.txt': '-c c.txt\nrequests>=2\n', 'c.txt': 'requests<3\n' })).toEqual([
      'exact requirements.txt:2',
      'locked requirements.txt:2',
    ]);
  });

  it('do not pin from behind a marker that may not hold, except for the same marker', () => {
    const constraint = { 'c.txt': 'requests==2.32.3 ; python_version<"3.12"\n' };
    expect(verdicts({ ...constraint, 'requirements.txt': '-c c.txt\nrequests\n' })).toContain(
      'no-latest requirements.txt:2',
    );
    expect(verdicts({ ...constraint, 'requirements.txt': '-c c.txt\nrequests ; python_version<"3.12"\n' })).toEqual([
      'locked requirements.txt:2',
    ]);
  });

  it('leave a constraint alone that nothing asks for', () => {
    expect(verdicts({ 'requirements.txt': '-c c.txt\n', 'c.txt': 'urllib3<2\n' })).toEqual([]);
  });

  it('refuse constraints that pip refuses', () => {
    const files = {
      'requirements.txt': '-c c.txt\n',
      'c.txt': 'a[x]==1\nhttps://h.example/p.zip\n-e .\n',
      'setup.py': '',
    };
    expect(messages(files).filter((message) => message.includes('constraint'))).toEqual([
      'no-latest c.txt:1:1: "a[x]==1" has extras, which a constraint cannot have; write it as NAME==VERSION, or include the file with -r instead of -c [dependencies-invalid]',
      'no-latest c.txt:2:1: "https://h.example/p.zip" has no name, which a constraint must have; write it as NAME==VERSION, or include the file with -r instead of -c [dependencies-invalid]',
      'no-latest c.txt:3:1: "." is editable, which a constraint cannot be; write it as NAME==VERSION, or include the file with -r instead of -c [dependencies-invalid]',
    ]);
  });

  it('are refused in the file where they stand, through includes, and a cycle is named', () => {
    const files = {
      'requirements.txt': '-r sub/a.txt\n',
      'sub/a.txt': 'requests\n-r b.txt\n',
      'sub/b.txt': '-r a.txt\n',
    };
    expect(messages(files).filter((message) => message.startsWith('no-latest'))).toEqual([
      expect.stringContaining(
        'sub/b.txt:1:1: the included file "a.txt" includes itself in the end; remove one of the includes [dependencies-invalid]',
      ),
      expect.stringContaining('sub/a.txt:1:1: "requests" names no version'),
    ]);
  });

  it('count every second include on a line as not read', () => {
    expect(told('-r a.txt -r b.txt', { 'a.txt': '', 'b.txt': '' })).toEqual([
      'no-latest requirements.txt:1:10: the included file "b.txt" is not read, as pip reads one included file a line; write it on a line of its own [dependencies-invalid]',
    ]);
  });
});

describe('the level locked', () => {
  it('asks once where no requirement has a hash, and line by line where some have', () => {
    expect(messages({ 'requirements.txt': 'a==1\nb==2\n' })).toEqual([
      'locked requirements.txt:1:1: none of the 2 requirements has a --hash, so neither the files nor what they need in turn is fixed; run "buildless lock" to write a pylock.toml or every hash [dependencies-float]',
    ]);
    expect(verdicts({ 'requirements.txt': `a==1 --hash=sha256:${HASH}\nb==2\nc==3\n` })).toEqual([
      'locked requirements.txt:2',
      'locked requirements.txt:3',
    ]);
  });

  it('cannot be had with a folder or a repository', () => {
    expect(messages({ 'requirements.txt': '.\n', 'pyproject.toml': '[project]\nname = "x"\n' })).toEqual([
      'locked requirements.txt:1:1: "." is a folder, of which pip can check no hash; take a released version from an index with == and --hash, or put a wheel of it into the source [dependencies-float]',
    ]);
  });
});

describe('a project in the source', () => {
  it('is judged by what its pyproject.toml lists, with the extras asked for', () => {
    const files = {
      'requirements.txt': './lib[dev]\n',
      'lib/pyproject.toml':
        '[project]\nname = "lib"\ndependencies = [\n  "idna==3.10",\n  "requests",\n]\n[project.optional-dependencies]\ndev = ["lib[all]"]\nall = ["pytest>=8"]\nother = ["six"]\n',
    };
    expect(messages(files).filter((message) => message.startsWith('no-latest'))).toEqual([
      expect.stringContaining('lib/pyproject.toml:5:4: "requests" names no version'),
      expect.stringContaining('lib/pyproject.toml:9:9: "pytest>=8" has no upper bound'),
    ]);
  });

  it.each([{ 'setup.py': '' }, { 'pyproject.toml': '[project]\nname = "x"\ndynamic = ["dependencies"]\n' }])(
    'is refused where code decides what it needs: %j',
    (files) => {
      expect(told('-e .', files)).toEqual([
        'no-latest requirements.txt:1:1: what "." depends on is decided only when it is built in the Pod; list the dependencies, with versions, under [project] of its pyproject.toml [dependencies-float]',
      ]);
    },
  );
});

describe('a credential', () => {
  const REPOSITORY = `git+https://hunter2@git.example/p@${'a'.repeat(40)}`;
  const codes = (files: Readonly<Record<string, string>>): readonly string[] =>
    judge(files)
      .filter(({ code }) => code === 'credential-in-source')
      .map(({ file, line, level }) => `${level} ${file}:${line}`);

  it.each([
    ['beside a variable', { 'requirements.txt': '-i https://hunter2@allowed.example/${PATH}\n' }, 'requirements.txt:1'],
    [
      'in a line that pip would not read',
      { 'requirements.txt': `\na==1 --no https://hunter2@x\n` },
      'requirements.txt:2',
    ],
    ['in an included file', { 'requirements.txt': '-r a.txt\n', 'a.txt': `${REPOSITORY}\n` }, 'a.txt:1'],
    [
      'in a project of the source',
      {
        'requirements.txt': '.\n',
        'pyproject.toml': `[project]\nname = "x"\ndependencies = [\n  "p @ ${REPOSITORY}",\n]\n`,
      },
      'pyproject.toml:4',
    ],
    [
      'in a file that the lock goes before',
      { 'requirements.txt': '-i https://u:hunter2@allowed.example/simple\n', 'pylock.toml': `${LOCK}packages = []\n` },
      'requirements.txt:1',
    ],
    [
      'in a lock, once for each host',
      {
        'pylock.toml':
          LOCK + locked('a', '1', 'u:hunter2@allowed.example') + locked('b', '1', 'u:hunter2@allowed.example'),
      },
      'pylock.toml:3',
    ],
    [
      'of the index of a lock',
      {
        'pylock.toml': `${LOCK}[[packages]]\nname = "a"\nversion = "1"\nindex = "https://hunter2@pypi.org/simple"\n${wheel('a', '1')}`,
      },
      'pylock.toml:3',
    ],
  ])('is found %s, and not shown', (_title, files, place) => {
    expect(codes(files as Record<string, string>)).toEqual([`exact ${place}`]);
    expect(JSON.stringify(judge(files as Record<string, string>))).not.toContain('hunter2');
  });

  it('is not what stands in the environment, which another rule tells of', () => {
    expect(codes({ 'requirements.txt': '-i https://deploy:${PASSWORD}@allowed.example/simple\n' })).toEqual([]);
  });
});

describe('a pylock.toml', () => {
  it('with hashes satisfies every level, whatever requirements.txt leaves open', () => {
    expect(
      messages({
        'requirements.txt': 'Requests\nidna>=3\n',
        'pylock.toml': LOCK + locked('requests', '2.32.3') + locked('idna', '3.10'),
      }),
    ).toEqual([]);
  });

  it('must hold what requirements.txt asks for', () => {
    expect(
      messages({
        'requirements.txt': 'requests>=3\nsix\nattrs ; python_version<"3"\n',
        'pylock.toml': LOCK + locked('requests', '2.32.3'),
      }),
    ).toEqual([
      'no-latest requirements.txt:1:1: pylock.toml has requests 2.32.3, which "requests>=3" does not ask for; write pylock.toml again ("buildless lock"), or write requests==2.32.3 [dependencies-invalid]',
      'no-latest requirements.txt:2:1: "six" is not in pylock.toml, which is what is installed; write pylock.toml again ("buildless lock") [dependencies-invalid]',
    ]);
  });

  it.each([
    ['lock-version = "1.0"\n[[packages]\n', /^no-latest pylock\.toml:2:\d+: pylock\.toml is not valid TOML: /],
    ['\ufefflock-version = "1.0"\n', /pylock\.toml:1:1: pylock\.toml begins with a byte order mark/],
    ['packages = []\n', /pylock\.toml has no lock-version; write the file again/],
    [
      'lock-version = "2.0"\npackages = []\n',
      /pylock\.toml has the lock-version "2\.0", and 1\.0 is what is understood/,
    ],
    [LOCK, /pylock\.toml has no \[\[packages\]\]/],
    [`${LOCK}[[packages]]\nversion = "1"\n`, /pylock\.toml:3: a package has no valid name/],
    [
      `${LOCK}[[packages]]\nname = "a"\nversion = "one"\n${wheel('a', '1')}`,
      /pylock\.toml:3: the version of a is none of PEP 440/,
    ],
    [
      `${LOCK}[[packages]]\nname = "a"\nversion = "1"\n`,
      /pylock\.toml:3: a must have wheels or an sdist, or else one of archive, vcs and directory/,
    ],
    [
      `${LOCK}[[packages]]\nname = "a"\nversion = "1"\nmarker = "python"\n${wheel('a', '1')}`,
      /the marker of a cannot be read/,
    ],
    [
      `${LOCK}[[packages]]\nname = "a"\nversion = "1"\nwheels = [{ name = "a.whl", hashes = { md5 = "aa" } }]\n`,
      /pylock\.toml:3: a\.whl of a has no usable hash; write the file again, with sha256 hashes \[dependencies-invalid\]/,
    ],
    [
      `${LOCK}[[packages]]\nname = "a"\nversion = "1"\n${wheel('a', '1', 'evil.example')}`,
      /pylock\.toml:3: the host "evil\.example" is not allowed to give packages; .* \[dependencies-float\]/,
    ],
    [
      `${LOCK}[[packages]]\nname = "a"\nversion = "1"\nindex = "https://evil.example/simple"\n${wheel('a', '1')}`,
      /the index "https:\/\/evil\.example\/simple" is not allowed to give packages/,
    ],
    [
      `${LOCK}[[packages]]\nname = "a"\nvcs = { type = "git", url = "https://git.example/a", commit-id = "main" }\n`,
      /^no-latest .*a comes from the repository "https:\/\/git\.example\/a" and names no whole commit/,
    ],
    [
      `${LOCK}[[packages]]\nname = "a"\nvcs = { type = "git", url = "https://git.example/a", commit-id = "${'a'.repeat(40)}" }\n`,
      /^locked .* and has no hash that could be checked; lock a released version of it/,
    ],
    [
      `${LOCK}[[packages]]\nname = "a"\ndirectory = { path = "../a" }\n`,
      /"\.\.\/a" of a leads outside the Function's source/,
    ],
    [LOCK + locked('a', '1') + locked('A', '2'), /A is locked twice; write the file again/],
  ])('%j is refused', (text, message) => {
    expect(messages({ 'pylock.toml': text }).join('\n')).toMatch(message);
  });

  it('is judged without packages that only an extra or a group brings', () => {
    const text = `${LOCK}packages = [{ name = "a", version = "1", marker = "'dev' in extras", wheels = [{ url = "https://evil.example/a", hashes = {} }] }]\n`;
    expect(messages({ 'pylock.toml': text })).toEqual([]);
  });

  it('may come from an index that the configuration allows', () => {
    const text = `${LOCK}[[packages]]\nname = "a"\nversion = "1"\nindex = "https://allowed.example/simple/"\n${wheel('a', '1', 'allowed.example')}`;
    expect(messages({ 'pylock.toml': text })).toEqual([]);
  });
});

describe('whether anything is to be installed', () => {
  it.each([
    [{}, false],
    [{ 'requirements.txt': '# nothing\n\n--pre\n' }, false],
    [{ 'requirements.txt': '-c c.txt\n', 'c.txt': 'a==1\n' }, false],
    [{ 'requirements.txt': '-r more.txt\n', 'more.txt': '\n' }, false],
    [{ 'requirements.txt': 'a==1\n' }, true],
    [{ 'requirements.txt': '-r more.txt\n' }, true],
    [{ 'requirements.txt': 'a=1\n' }, true],
    [{ 'requirements.txt': 'a==${V}\n' }, true],
    [{ 'pylock.toml': `${LOCK}packages = []\n` }, false],
    [{ 'pylock.toml': 'not TOML' }, true],
    [{ 'pylock.toml': LOCK + locked('a', '1') }, true],
  ])('%j: %s', (files, expected) => {
    expect(hasPythonDependencies(sourceOf(files as Record<string, string>))).toBe(expected);
  });
});
