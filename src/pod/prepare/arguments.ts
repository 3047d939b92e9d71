import { parseArgs } from 'node:util';
import { type Level, LEVELS, isLevel } from '../../dependencies/policy.ts';
import type { DependencySettings } from '../../dependencies/settings.ts';
import { parsePodException, type PodException } from '../../exceptions/of-pod.ts';
import { type Api, APIS, DEFAULT_API } from '../../function/api.ts';
import { type Handler, parseHandler } from '../../function/handler.ts';
import { HANDLER_OF_SOURCE, PATHS } from '../../function/keys.ts';
import { installersIn } from '../../function/installers.ts';
import { isLanguage, languageNames, type Language } from '../../function/languages.ts';
import { type SourceReference, parseSource } from '../../function/source.ts';
import { isRefusal, type Refusal, refuse } from '../program/refusal.ts';

/** What `buildless-prepare` is told by the injection. */
export interface PrepareArguments {
  readonly source: SourceReference;
  readonly language: Language;
  readonly api: Api;
  readonly root: string;
  /** Mount of a ConfigMap or image source. */
  readonly from: string;
  readonly auth?: string;
  /** Absent if the container has its own command. */
  readonly handler?: Handler | typeof HANDLER_OF_SOURCE;
  /** Of the ConfigMap as admitted. */
  readonly digest?: string;
  /** The revision that the Pod runs and nothing else, for messages; absent if it runs its source as that is now. */
  readonly revision?: string;
  /** Mount of the ConfigMap with the lock of the revision. */
  readonly lock?: string;
  readonly level: Level;
  /** What the administrator allows of registries. */
  readonly settings: DependencySettings;
  /** Packages that may float until a day. */
  readonly exceptions: readonly PodException[];
  /** The packages' own programs may run. */
  readonly allowScripts: boolean;
  /** `buildless-install` comes after this program. */
  readonly install: boolean;
  /** Who installs, and why it is nobody faster; for the log. */
  readonly reason?: string;
  /** This program is to install. */
  readonly fast?: FastInstallation;
}

/** How this program is to install. */
export interface FastInstallation {
  readonly installer: string;
  /** Of the language, e.g. `3.12`. */
  readonly version: string;
  /** C library of the runtime's image. */
  readonly libc: 'glibc' | 'musl';
  /** It was chosen: it installs in its own way, and no other takes over. */
  readonly asked: boolean;
  /** The choice of installer that its author has otherwise; absent if there is none. */
  readonly otherwise?: string;
  readonly timeoutSeconds: number;
  /** File of the registry Secret. */
  readonly registry?: string;
  /** Folder that outlives the Pod. */
  readonly cache?: string;
}

export function parsePrepareArguments(args: readonly string[]): PrepareArguments | Refusal {
  const { values } = parseArgs({
    args: [...args],
    options: {
      source: { type: 'string' },
      language: { type: 'string' },
      api: { type: 'string', default: DEFAULT_API },
      root: { type: 'string', default: PATHS.root },
      from: { type: 'string', default: PATHS.source },
      auth: { type: 'string' },
      handler: { type: 'string' },
      digest: { type: 'string' },
      revision: { type: 'string' },
      lock: { type: 'string' },
      level: { type: 'string' },
      'allowed-registry': { type: 'string', multiple: true, default: [] },
      exception: { type: 'string', multiple: true, default: [] },
      'allow-scripts': { type: 'boolean', default: false },
      install: { type: 'boolean', default: false },
      reason: { type: 'string' },
      fast: { type: 'string' },
      version: { type: 'string', default: '' },
      libc: { type: 'string', default: 'glibc' },
      asked: { type: 'boolean', default: false },
      otherwise: { type: 'string' },
      timeout: { type: 'string' },
      registry: { type: 'string' },
      cache: { type: 'string' },
    },
  });
  const { language, level } = values;
  const api = APIS.find((each) => each === values.api);
  if (api === undefined) return refuse(`--api must be one of ${APIS.join(', ')}`);
  if (language === undefined || !isLanguage(language)) {
    return refuse(`--language must be one of ${languageNames().join(', ')}`);
  }
  if (level === undefined || !isLevel(level)) return refuse(`--level must be one of ${LEVELS.join(', ')}`);
  if (values.source === undefined) return refuse('--source is missing');
  const source = parseSource(values.source);
  if ('problem' in source) return refuse(`--source: ${source.problem}; ${source.fix}`);
  const handler = readHandler(values.handler);
  if (typeof handler === 'object' && 'problem' in handler)
    return refuse(`--handler: ${handler.problem}; ${handler.fix}`);
  const exceptions = values.exception.map(parsePodException);
  if (!exceptions.every((each) => each !== undefined)) return refuse('--exception must be PACKAGE:YYYY-MM-DD');
  const fast = readFast(language, values);
  if (fast !== undefined && isRefusal(fast)) return fast;
  return {
    source,
    language,
    api,
    level,
    settings: { registries: values['allowed-registry'] },
    exceptions,
    root: values.root,
    from: values.from,
    allowScripts: values['allow-scripts'],
    install: values.install,
    ...(values.auth !== undefined && { auth: values.auth }),
    ...(handler !== undefined && { handler }),
    ...(values.digest !== undefined && { digest: values.digest }),
    ...(values.revision !== undefined && { revision: values.revision }),
    ...(values.lock !== undefined && { lock: values.lock }),
    ...(values.reason !== undefined && { reason: values.reason }),
    ...(fast !== undefined && { fast }),
  };
}

function readFast(
  language: Language,
  values: {
    readonly fast?: string;
    readonly version: string;
    readonly libc: string;
    readonly asked: boolean;
    readonly otherwise?: string;
    readonly timeout?: string;
    readonly registry?: string;
    readonly cache?: string;
  },
): FastInstallation | Refusal | undefined {
  if (values.fast === undefined) return undefined;
  const isKnown = installersIn('toolkit', language).some(({ name }) => name === values.fast);
  if (!isKnown) return refuse(`--fast: unknown installer ${values.fast}`);
  const timeoutSeconds = Number(values.timeout);
  if (!(timeoutSeconds > 0)) return refuse('--timeout must be a number of seconds');
  return {
    installer: values.fast,
    version: values.version,
    libc: values.libc === 'musl' ? 'musl' : 'glibc',
    asked: values.asked,
    timeoutSeconds,
    ...(values.otherwise !== undefined && { otherwise: values.otherwise }),
    ...(values.registry !== undefined && { registry: values.registry }),
    ...(values.cache !== undefined && { cache: values.cache }),
  };
}

const readHandler = (
  text: string | undefined,
): ReturnType<typeof parseHandler> | typeof HANDLER_OF_SOURCE | undefined =>
  text === undefined || text === HANDLER_OF_SOURCE ? text : parseHandler(text);
