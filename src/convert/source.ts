import { ANNOTATIONS, FUNCTION_LABEL } from '../function/keys.ts';
import { formatSource, parseSource } from '../function/source.ts';
import { withoutEndingSlashes } from '../function/slashes.ts';
import type { CommentedObject, FieldComment } from '../manifests/commented.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { KymaFunction, KymaGitRepository } from './kyma-function.ts';
import type { ConvertedRuntime } from './runtimes.ts';
import type { Note } from './note.ts';

/** Where the converted Function's code comes from. */
export interface ConvertedSource {
  /** The ConfigMap of an inline source. */
  readonly configMap?: CommentedObject;
  readonly annotations: Readonly<Record<string, string>>;
  /** Comments above annotations, by key. */
  readonly comments: Readonly<Record<string, string>>;
  readonly notes: readonly Note[];
  /** The handler's code, where it can be seen. */
  readonly code?: string;
}

/** Why a source cannot be converted. */
export interface SourceRefusal {
  readonly path: readonly string[];
  readonly problem: string;
  readonly fix: string;
}

/** A ConfigMap holds at most 1 MiB (https://kubernetes.io/docs/concepts/configuration/configmap/). */
const CONFIG_MAP_LIMIT = 1_048_576;

/**
 * @param configMapName for an inline source
 */
export function convertSource(
  kyma: KymaFunction,
  runtime: ConvertedRuntime,
  configMapName: string,
): ConvertedSource | SourceRefusal {
  const { inline, gitRepository } = kyma.spec.source;
  if (gitRepository !== undefined) return convertGit(gitRepository);
  return convertInline(kyma, runtime, configMapName, inline?.source ?? '', inline?.dependencies);
}

function convertInline(
  { metadata }: KymaFunction,
  runtime: ConvertedRuntime,
  configMapName: string,
  code: string,
  declared: string | undefined,
): ConvertedSource | SourceRefusal {
  const { files, completeDependencies } = runtime.language;
  const provided: ReadonlySet<string> = new Set(runtime.api === 'http' ? ['sdk'] : []);
  const { text, notes: dependencyNotes } = completeDependencies(code, declared, provided);
  const data = { [files.handler]: code, ...(text !== undefined && { [files.dependencies]: text }) };
  const size = Object.entries(data).reduce((sum, [key, value]) => sum + key.length + Buffer.byteLength(value), 0);
  if (size > CONFIG_MAP_LIMIT) {
    return {
      path: ['spec', 'source', 'inline'],
      problem: `the code and its dependencies have ${size} bytes, and a ConfigMap holds ${CONFIG_MAP_LIMIT}`,
      fix: 'put them into a Git repository and name it in spec.source.gitRepository',
    };
  }
  const notes = [...dependencyNotes, ...codeNotes(code)];
  const added = dependencyNotes.filter(({ kind }) => kind === 'added').map((note) => note.text.split(',', 1).join(''));
  const comments: readonly FieldComment[] =
    added.length === 0
      ? []
      : [
          {
            path: ['data', files.dependencies],
            text: `Added, as Kyma's image carried it undeclared: ${added.join(', ')}.`,
          },
        ];
  const object: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: configMapName,
      ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
      labels: { [FUNCTION_LABEL]: metadata.name },
    },
    data,
  };
  const named = configMapName !== metadata.name;
  return {
    configMap: { object, comments },
    annotations: named ? { [ANNOTATIONS.source]: `configmap:${configMapName}` } : {},
    comments: named ? { [ANNOTATIONS.source]: `There is a ConfigMap ${metadata.name} already.` } : {},
    notes,
    code,
  };
}

/** What a handler may have relied on. */
function codeNotes(code: string): readonly Note[] {
  const field = 'spec.source.inline.source';
  const path = /\/usr\/src\/app|\/kubeless/.exec(code)?.[0];
  return [
    ...(path === undefined
      ? []
      : [
          {
            kind: 'to do',
            field,
            text: `the code names ${path}; its files are in /buildless/function, read-only`,
          } as const,
        ]),
    ...(code.includes('\\')
      ? [
          {
            kind: 'changed',
            field,
            text: "the code has backslashes, which the shell in Kyma's container may have interpreted; here it runs as it is written",
          } as const,
        ]
      : []),
  ];
}

function convertGit({ url, baseDir, reference, auth }: KymaGitRepository): ConvertedSource | SourceRefusal {
  const address = addressOf(url);
  if (address === undefined) {
    return {
      path: ['spec', 'source', 'gitRepository', 'url'],
      problem: `${url.replace(/\/\/[^/@]*@/, '//***@')} is neither https nor ssh`,
      fix: 'use an address over https or ssh',
    };
  }
  const query = new URLSearchParams();
  if (reference !== undefined && reference.trim() !== '') query.set('ref', reference.trim());
  const directory = withoutEndingSlashes((baseDir ?? '').trim().replace(/^\/+/, ''));
  if (directory !== '' && directory !== '.') query.set('dir', directory);
  const parsed = parseSource(`${address}${query.size === 0 ? '' : `?${query.toString()}`}`);
  if ('problem' in parsed) {
    return { path: ['spec', 'source', 'gitRepository'], problem: parsed.problem, fix: parsed.fix };
  }
  const notes: Note[] = [
    {
      kind: 'changed',
      field: 'spec.source.gitRepository.reference',
      text: `Kyma looked for new commits and rolled them out; here a Pod takes the commit of ${reference ?? 'the default branch'} when it starts, so name a commit and change it to deploy`,
    },
  ];
  if (auth?.type === 'key') {
    notes.push({
      kind: 'to do',
      field: 'spec.source.gitRepository.auth',
      text: `the Secret ${auth.secretName} needs the keys ssh-privatekey (Kyma took "key" too) and known_hosts, as host keys are checked; ssh-keyscan prints them`,
    });
  }
  return {
    annotations: {
      [ANNOTATIONS.source]: formatSource(parsed),
      ...(auth !== undefined && { [ANNOTATIONS.sourceAuth]: auth.secretName }),
    },
    comments: {
      [ANNOTATIONS.source]: 'A branch is resolved when a Pod starts: name a commit, so that all replicas run the same.',
    },
    notes,
  };
}

/** `git+https://...` or `git+ssh://...`; the form of scp, git@HOST:PATH, included. */
function addressOf(url: string): string | undefined {
  if (/^(https|ssh):\/\//.test(url)) return `git+${url}`;
  const scp = /^([\w.-]+@[\w.-]+):(?!\/\/)(.+)$/.exec(url);
  return scp === null ? undefined : `git+ssh://${scp[1] ?? ''}/${(scp[2] ?? '').replace(/^\/+/, '')}`;
}
