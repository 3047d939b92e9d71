/**
 * The layers of src/: a folder may import from those above it in this list, never from its neighbours or from those below.
 *
 * The one declaration: .dependency-cruiser.js turns it into rules (`npm run layers`, part of `npm run lint`), eslint.config.js
 * keeps clock and process out of what is `pure`, and CONTRIBUTING.md shows it (`UPDATE_GOLDEN=1 npx vitest run test/layers`).
 *
 * @type {readonly import('./layers.d.ts').Layer[]}
 */
export const LAYERS = [
  {
    pure: true,
    folders: { json: 'objects of JSON', 'version.ts': 'the version of Buildless' },
  },
  {
    pure: true,
    folders: {
      kubernetes: "Kubernetes' own words: objects, fields, quantities, image references",
      outcome: 'every code by which a review can end; the shape of a finding and of its place',
    },
  },
  {
    pure: true,
    folders: {
      yaml: "YAML's errors and aliases, with their places",
      function:
        "what a Function is: names, annotations parsed into a definition, sources, languages, runtimes' catalogue",
    },
  },
  {
    pure: true,
    folders: {
      dependencies: 'the policy: levels and findings; npm/ and python/ with one rule a file, npm/lock/ for sound locks',
    },
  },
  {
    pure: true,
    folders: { push: 'webhooks of Git hosts: who signed one, and which branches of which repository it is about' },
  },
  {
    pure: true,
    folders: { denied: 'versions of packages that nobody may run, and by which way a source comes to one' },
  },
  {
    pure: true,
    folders: {
      'release-age': 'how long a version has to be published: the versions of a lock against what registries say',
    },
  },
  {
    pure: true,
    folders: { provenance: 'whether a revision takes a version with less evidence of its origin than the one before' },
  },
  {
    pure: true,
    folders: { licences: 'licences of packages: expressions of SPDX, and those that are allowed or refused' },
  },
  {
    pure: true,
    folders: { 'release-rules': 'the rules that need what registries say about versions, as one list' },
  },
  {
    pure: true,
    folders: {
      exceptions: 'findings that somebody answers for until a day',
      installers: "who installs a Function's dependencies: npm and pip, or bun and uv if the result is the same",
      namespace: "what a Namespace's labels, limits and quotas demand",
      revision: 'the revision that a state of a source is: its lock, and how both are stored',
    },
  },
  {
    folders: {
      standalone: 'the command as one file: what it brings, and the Node.js that it finds',
      config: "the webhook's configuration: defaults, schema, reload",
      'pod/program':
        'what the programs of a Pod share: how they run others, refuse, end, and keep secrets out of messages',
    },
  },
  {
    folders: {
      'pod/files': 'folders of a source: their files, and copies that any user can read',
      'pod/git': 'a repository cloned with credentials that nobody else sees, and why Git failed',
    },
  },
  {
    folders: {
      'pod/nodejs':
        'the server of Node.js Functions, its SDK, and the installer by npm (pod/python/ has the same in Python)',
    },
  },
  {
    folders: { 'pod/fast-install': 'installers of the toolkit: bun and uv' },
  },
  {
    folders: {
      'pod/prepare': 'the init container: fetches the source, judges it, installs it or leaves it to the runtime',
    },
  },
  {
    pure: true,
    folders: {
      inject:
        'the mutation: steps/, checks/ and security/ have one change or check a file, inject.ts the whole on one screen',
      'policy-report': 'what a PolicyReport says of a namespace, as an object of the two APIs that there are',
      manifests: 'Kubernetes files: documents with positions, Pod templates of each kind, edits that keep comments',
    },
  },
  {
    folders: {
      certificates:
        'an authority, certificates from files that are reloaded, or that look after themselves (self-managed.ts)',
      convert: "Kyma's Functions turned into ours",
      folders:
        'a folder as the objects of a Function: what it is, its files, its runtime; kustomization/ for kustomizations',
      installation: 'what deploy/ installs: its names, rights, and the order of removal',
      invoke: 'requests and CloudEvents for a Function, with samples',
      lock: 'locks through npm, uv and pip',
      report: 'findings with their places in files, as text, JSON, SARIF and for GitLab',
      sbom: 'what a Function installs, by its lock, as CycloneDX and SPDX',
      run: 'an injected Pod on this machine, as a small kubelet without isolation',
    },
  },
  {
    pure: true,
    folders: {
      admission:
        'a review in, a verdict out: mutate.ts, validate.ts, kinds/ (one validated kind a file), stamping/ (revisions)',
    },
  },
  {
    folders: { releases: 'what registries say about the versions of a lock, asked through npm with its settings' },
  },
  {
    folders: {
      'api-server': 'ConfigMaps, Namespaces and Leases of a real cluster, behind the interface that admission asks for',
      init: 'a new Function: templates, and what tests, editors and kustomize need',
      resolve: 'locks and Git for the controller, behind a socket: clean environment, deadlines, bounds',
      server: 'HTTPS, health, metrics, logs, stopping',
      updates: 'pinned dependencies, and the newer versions that registries have of them',
    },
  },
  {
    folders: { 'denied-sources': 'ConfigMaps and folders with denied versions, followed and loaded on a thread' },
  },
  {
    folders: {
      control: 'the controller: revisions, locks, rollouts',
      doctor: 'one check of an installation a file',
      status: 'the Functions of a cluster and what they run',
    },
  },
  {
    folders: { cli: 'one file a subcommand: options/ its options, commands/ how it is written, actions/ what it does' },
  },
];

/** What the pure folders may import of Node.js: nothing that reaches the network, the clock, the file system or the process. */
export const PURE_MODULES = ['buffer', 'crypto', 'path', 'url', 'util', 'zlib'];

/** A regular expression for all that is in these folders. */
const pathOf = (folders) => `^src/(?:${folders.map((folder) => folder.replaceAll('.', '\\.')).join('|')})(?:/|$)`;

const foldersOf = ({ folders }) => Object.keys(folders);
export const PURE_FOLDERS = LAYERS.filter(({ pure }) => pure).flatMap(foldersOf);
const ALL = LAYERS.flatMap(foldersOf);

/** Rules of dependency-cruiser: https://github.com/sverweij/dependency-cruiser/blob/main/doc/rules-reference.md */
export const RULES = [
  {
    name: 'no-module-cycle',
    comment: 'Two modules that import each other are one: give what both need a module of its own.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'folder-without-a-layer',
    comment: 'Every folder of src/ has its place in layers.js.',
    severity: 'error',
    from: { path: '^src/', pathNot: pathOf(ALL) },
    to: {},
  },
  ...LAYERS.flatMap((layer, index) =>
    foldersOf(layer).map((folder) => ({
      name: `layer-of-${folder}`,
      comment: `src/${folder} imports from the folders above its layer in layers.js only.`,
      severity: 'error',
      from: { path: pathOf([folder]) },
      to: {
        path: '^src/',
        pathNot: pathOf([folder, ...LAYERS.slice(0, index).flatMap(foldersOf)]),
      },
    })),
  ),
  {
    name: 'pure-core',
    comment: 'The core is pure: pass network, clock, files and process in from server/ or cli/.',
    severity: 'error',
    from: { path: pathOf(PURE_FOLDERS) },
    to: { dependencyTypes: ['core'], pathNot: `^(?:node:)?(?:${PURE_MODULES.join('|')})(?:/|$)` },
  },
];
