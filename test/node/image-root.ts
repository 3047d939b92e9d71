import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cacheFolder } from '../../scripts/image/build.mjs';
import { zstdProgram } from '../../scripts/image/zstd.mjs';

interface ImageConfig {
  readonly config: {
    readonly User?: string;
    readonly Entrypoint?: readonly string[];
    readonly Env?: readonly string[];
    readonly WorkingDir?: string;
    readonly Labels?: Readonly<Record<string, string>>;
  };
  readonly history: readonly { readonly created_by?: string; readonly empty_layer?: boolean }[];
}

/** An image of this checkout, as the set-up of these tests built it. */
export class OwnImage {
  readonly config: ImageConfig;
  /** What made each layer, and its size compressed. */
  readonly layers: readonly { readonly what: string; readonly bytes: number; readonly digest: string }[];
  readonly #archive: string;

  constructor(name: 'toolkit' | 'buildless') {
    this.#archive = path.join(cacheFolder(), 'own', `${name}.tar`);
    const index = this.#read('index.json') as { readonly manifests: readonly [Descriptor] };
    const manifest = this.#blob(index.manifests[0]) as { readonly config: Descriptor; readonly layers: Descriptor[] };
    this.config = this.#blob(manifest.config) as ImageConfig;
    const made = this.config.history.filter(({ empty_layer: isEmpty }) => isEmpty !== true);
    this.layers = manifest.layers.map(({ digest, size }, place) => {
      return { what: made[place]?.created_by ?? '', bytes: size, digest };
    });
  }

  get environment(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      (this.config.config.Env ?? []).map((pair) => {
        const at = pair.indexOf('=');
        return [pair.slice(0, at), pair.slice(at + 1)] as const;
      }),
    );
  }

  /** Its files in a new folder, with the devices that a container runtime adds. */
  async unpack(): Promise<string> {
    const root = mkdtempSync(path.join(tmpdir(), 'buildless-image-'));
    chmodSync(root, 0o755);
    const zstd = await zstdProgram();
    const scratch = mkdtempSync(path.join(tmpdir(), 'buildless-layer-'));
    const [packed, layer] = [path.join(scratch, 'layer.zst'), path.join(scratch, 'layer.tar')];
    const script = 'archive=$1 blob=$2 packed=$3; shift 3; tar -xOf "$archive" "$blob" >"$packed"; "$@"';
    for (const { digest } of this.layers) {
      const unpack = [...zstd, 'decompress', packed, layer];
      execFileSync('sh', ['-ec', script, 'sh', this.#archive, blobOf(digest), packed, ...unpack]);
      execFileSync('tar', ['-xf', layer, '-C', root]);
    }
    rmSync(scratch, { recursive: true });
    mkdirSync(path.join(root, 'dev'), { recursive: true });
    for (const [name, minor] of Object.entries({ null: '3', urandom: '9' })) {
      execFileSync('mknod', ['-m', '666', path.join(root, 'dev', name), 'c', '1', minor]);
    }
    // bun does not run without it.
    mkdirSync(path.join(root, 'proc'));
    execFileSync('mount', ['-t', 'proc', 'proc', path.join(root, 'proc')]);
    return root;
  }

  #read(file: string): unknown {
    return JSON.parse(execFileSync('tar', ['-xOf', this.#archive, file], { encoding: 'utf8' }));
  }

  #blob({ digest }: Descriptor): unknown {
    return this.#read(blobOf(digest));
  }
}

interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

const blobOf = (digest: string): string => `blobs/${digest.replace(':', '/')}`;

/** @throws if /proc is still in it, before anything is removed */
export function removeRoot(root: string): void {
  execFileSync('umount', [path.join(root, 'proc')]);
  rmSync(root, { recursive: true });
}

// PATH of the images has no chroot.
export const CHROOT = '/usr/sbin/chroot';

/** Runs a program of an unpacked image to its end. @returns all that it wrote */
export function runIn(
  root: string,
  env: Readonly<Record<string, string>>,
  command: readonly string[],
  user = '65532:65532',
): string {
  const { stdout, stderr } = spawnSync(CHROOT, [`--userspec=${user}`, root, ...command], {
    encoding: 'utf8',
    env: { ...env, GIT_TERMINAL_PROMPT: '0' },
  });
  return stdout + stderr;
}
