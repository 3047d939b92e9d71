// The programs that can build an image: each takes the same Dockerfile.
import { execFileSync, spawnSync } from 'node:child_process';

const works = (command, ...args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/**
 * @param {string | undefined} storage folder for images and layers, apart from the user's own; not with Docker
 * @returns {import('./engine.d.mts').Engine}
 */
export function findEngine(storage) {
  const apart = storage === undefined ? [] : ['--root', `${storage}/images`, '--runroot', `${storage}/run`];
  if (works('buildah', '--version')) return buildah(apart);
  if (works('podman', '--version')) return podman(apart);
  if (storage === undefined && works('docker', 'info')) return DOCKER;
  throw new Error(
    storage === undefined
      ? 'neither Docker (with its daemon running), Podman nor buildah was found; install one of them'
      : 'neither buildah nor Podman was found; on Debian: sudo .ci/packages',
  );
}

const run = (command, args) => {
  execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
};

/** What all of them are told. Times of files are set to 0, so that the same files are the same layer. */
const common = ({ file, target, reference, args = {}, context, cached = true }) => [
  ...['--file', file, '--tag', reference],
  ...(target === undefined ? [] : ['--target', target]),
  ...Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
  ...(cached ? [] : ['--no-cache']),
  context,
];

/** Of buildah and podman. Layers for the next build, or none: then nothing of the build stays but the image. */
const buildWith = (program, apart, places, { layers = true, local, ...options }) => {
  const pull = local ? ['--pull=never'] : [];
  run(program, [...apart, 'build', ...places, `--layers=${layers}`, ...pull, ...common(options)]);
};

const buildah = (apart) => ({
  name: 'buildah',
  has: (reference) => works('buildah', ...apart, 'inspect', '--type', 'image', reference),
  build: (options) => {
    // chroot and the host's network: they work in a container and in CI, if there is no network of buildah's own.
    const places = ['--isolation', 'chroot', '--network', 'host', '--format', 'oci', '--timestamp', '0'];
    buildWith('buildah', apart, places, options);
  },
  load: (archive) => {
    run('buildah', [...apart, 'pull', '--quiet', `docker-archive:${archive}`]);
  },
  save: (reference, file) => {
    run('buildah', [...apart, 'push', '--quiet', reference, `docker-archive:${file}:${reference}`]);
  },
  remove: (reference) => {
    run('buildah', [...apart, 'rmi', reference]);
  },
});

const podman = (apart) => ({
  name: 'podman',
  has: (reference) => works('podman', ...apart, 'image', 'exists', reference),
  build: (options) => {
    const places = ['--network', 'host', '--format', 'oci', '--timestamp', '0'];
    buildWith('podman', apart, places, options);
  },
  load: (archive) => {
    run('podman', [...apart, 'load', '--quiet', '--input', archive]);
  },
  save: (reference, file) => {
    run('podman', [...apart, 'save', '--quiet', '--format', 'docker-archive', '--output', file, reference]);
  },
  remove: (reference) => {
    run('podman', [...apart, 'rmi', reference]);
  },
});

const DOCKER = {
  name: 'docker',
  has: (reference) => works('docker', 'image', 'inspect', reference),
  build: (options) => {
    // BuildKit sets the times of files to SOURCE_DATE_EPOCH where the exporter is told to.
    process.env.SOURCE_DATE_EPOCH = '0';
    run('docker', [
      'buildx',
      'build',
      '--provenance=false',
      '--output',
      'type=docker,rewrite-timestamp=true',
      ...common(options),
    ]);
  },
  load: (archive) => {
    run('docker', ['load', '--quiet', '--input', archive]);
  },
  save: (reference, file) => {
    run('docker', ['save', '--output', file, reference]);
  },
  remove: (reference) => {
    run('docker', ['rmi', reference]);
  },
};
