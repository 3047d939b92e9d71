/**
 * What may be in the configuration's file: every key may be left out, `null` takes a row, a quantity or an optional
 * value away, and a section whose keys are all commented out (which YAML reads as null) is as good as absent.
 *
 * Loads zod (80 ms): import it only where a file is read.
 */
import * as z from 'zod';
import { LEVELS } from '../dependencies/policy.ts';
import { choicesOf, installerNames } from '../function/installers.ts';
import { LOCK_RESOLVERS, ROLLOUT_MODES } from '../function/keys.ts';
import { languageNames, type Language } from '../function/languages.ts';
import { DENIED } from './denied-schema.ts';
import { EXCEPTIONS } from './exceptions-schema.ts';
import { licences } from './licences-schema.ts';
import { parseDuration } from '../function/duration.ts';
import { faultOfImage } from '../kubernetes/image-reference.ts';
import { parseQuantity } from '../kubernetes/quantity.ts';
import { PROVENANCE_LOST } from '../provenance/policy.ts';
import { UNKNOWN_AGES } from '../release-age/policy.ts';

/** What a check of a value found. */
interface Fault {
  readonly problem: string;
  readonly fix: string;
  /** The key of the checked map that is at fault, where it is not the value as a whole. */
  readonly key?: string;
}

/** Adds a check whose cure travels in the issue's params; see explain.ts. */
const checked = <Output>(schema: z.ZodType<Output>, faultsOf: (value: Output) => readonly Fault[]) =>
  schema.superRefine((value, context) => {
    for (const { problem, fix, key } of faultsOf(value)) {
      context.addIssue({
        code: 'custom',
        message: problem,
        params: { fix, key },
        ...(key !== undefined && { path: [key] }),
      });
    }
  });

const matching = (pattern: RegExp, what: string, fix: string) =>
  checked(z.string(), (text) => (pattern.test(text) ? [] : [{ problem: `"${text}" is not a ${what}`, fix }]));

const keysMatching = <Value>(value: z.ZodType<Value>, pattern: RegExp, what: string, fix: string) =>
  checked(z.record(z.string(), value), (record) =>
    Object.keys(record)
      .filter((key) => !pattern.test(key))
      .map((key) => ({ problem: `"${key}" is not a ${what}`, fix, key })),
  );

const section = <Shape extends z.core.$ZodLooseShape>(shape: Shape) => z.strictObject(shape).nullable().optional();

/** A key for each language, by its name. */
const forEachLanguage = <Schema extends z.ZodType>(of: (language: Language) => Schema): Record<string, Schema> =>
  Object.fromEntries(languageNames().map((language) => [language, of(language)]));

/** A key that has another name now, see former-keys.ts. */
const formerly = <Schema extends z.ZodType>(now: string, schema: Schema): z.ZodOptional<Schema> =>
  schema.optional().meta({ deprecated: true, description: `Deprecated: use ${now}.` });

const image = checked(z.string(), (text) => [faultOfImage(text) ?? []].flat());

const MEMORY = 'write a number with Mi or Gi, such as 256Mi';
const quantityFaults = (text: string | number, resource: string): Fault[] => {
  const amount = parseQuantity(String(text));
  if (amount === undefined) {
    return [
      {
        problem: `"${text}" is not a quantity`,
        fix: resource === 'cpu' ? 'write 250m or 0.25 for a quarter of a CPU' : MEMORY,
      },
    ];
  }
  // Kubernetes takes 128m of memory for 0.128 bytes and says nothing.
  if (resource !== 'cpu' && /[num]$/.test(String(text))) {
    return [{ problem: `"${text}" is a part of one byte`, fix: MEMORY }];
  }
  return [];
};

const sizeLimit = checked(z.union([z.string(), z.number()]), (text) => {
  const faults = quantityFaults(text, 'memory');
  return faults.length === 0 && parseQuantity(String(text)) === 0
    ? [{ problem: 'the limit is nothing', fix: MEMORY }]
    : faults;
});

const RESOURCE = /^(cpu|memory|ephemeral-storage|hugepages-[A-Za-z0-9]+|[a-z0-9.-]+\/[A-Za-z0-9._-]+)$/;

const quantities = checked(z.record(z.string(), z.union([z.string(), z.number()]).nullable()), (record) =>
  Object.entries(record).flatMap(([key, value]) => {
    if (!RESOURCE.test(key)) {
      return [
        { problem: `"${key}" is not a resource`, fix: 'write cpu, memory, ephemeral-storage or DOMAIN/NAME', key },
      ];
    }
    return value === null ? [] : quantityFaults(value, key).map((fault) => ({ ...fault, key }));
  }),
);

const RESOURCES = { requests: quantities.nullable().optional(), limits: quantities.nullable().optional() };

const seconds = z.int().positive();

/** Shorter, and a repository of many Functions is asked all the time. */
const SHORTEST_INTERVAL = 10;
const interval = checked(z.string(), (text) =>
  (parseDuration(text) ?? 0) >= SHORTEST_INTERVAL
    ? []
    : [
        {
          problem: `"${text}" is not a duration of at least ${SHORTEST_INTERVAL} s`,
          fix: 'write it like 90s, 5m or 1h',
        },
      ],
);

const releaseAge = checked(z.string(), (text) =>
  parseDuration(text) === undefined
    ? [{ problem: `"${text.slice(0, 100)}" is not a duration`, fix: 'write it like 7d, 36h or 90m' }]
    : [],
);

const packagePattern = matching(
  /^(?=.{1,214}$)(?:@[A-Za-z0-9~-][A-Za-z0-9._~-]*\/)?(?:[A-Za-z0-9~_-][A-Za-z0-9._~-]*\*?|(?<=\/)\*)$/,
  'name of a package',
  'write its name, or a beginning of names with "*" at its end, such as "@shop/*"',
);

const secretName = matching(
  /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
  'name of a Secret',
  'write lower-case letters, digits, "-" and "."',
);

/** The host and any path before an image's name; https://github.com/distribution/reference has the form. */
const REGISTRY = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d+)?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/;

const imageRegistry = checked(z.string(), (text) => {
  const host = text.split('/', 1)[0] ?? '';
  if (text.length > 200 || !REGISTRY.test(text)) {
    return [{ problem: `"${text.slice(0, 200)}" is not a registry`, fix: 'write HOST or HOST/PATH in lower case' }];
  }
  return /[.:]/.test(host) || host === 'localhost'
    ? []
    : [{ problem: `"${text}" names no host, so Docker Hub is meant`, fix: 'write HOST.DOMAIN/PATH or HOST:PORT/PATH' }];
});

const runtime = z.strictObject({
  language: z.enum(languageNames()).optional(),
  version: z.string().optional(),
  image: image.optional(),
  interpreter: matching(
    /^(?:\/[^\s/]+)+$|^[^\s/]+$/,
    'command',
    'write the name or the absolute path of the interpreter, without arguments',
  ).optional(),
  libc: z.enum(['glibc', 'musl']).optional(),
  deprecated: z.string().nullable().optional(),
});

const namespaceName = matching(
  /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
  'name of a namespace',
  'write its name in full; patterns are not known here',
);

/** The policy compares text, so an entry is written as Pods write it; a last `*` stands for whatever follows. */
const allowedImage = checked(z.string().max(512), (text) => {
  if (!/^[A-Za-z0-9][A-Za-z0-9._:/@-]*\*?$/.test(text)) {
    return [{ problem: `"${text}" is not an image`, fix: 'write it as Pods do; only the last character may be "*"' }];
  }
  const namesRegistry = text.includes('/');
  return text.endsWith('*') && !namesRegistry
    ? [{ problem: `"${text}" names no registry`, fix: 'write HOST/PATH before the "*"' }]
    : [];
});

/** Bounded, as the policy's cost grows with containers times entries. */
const allowedImages = z.array(allowedImage).max(200).nullable().optional();

const hasCredentials = (url: URL | undefined): boolean =>
  url !== undefined && (url.username !== '' || url.password !== '');

/** Messages are in the log of the webhook, and what is in front of an @ may be a password. */
const shown = (text: string): string => (text.includes('@') ? 'the value' : `"${text}"`);

/** The addresses travel in the arguments of each Function's Pod, where everybody who may see the Pod reads them. */
const registryUrl = checked(z.string(), (text) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (hasCredentials(url)) {
    return [
      {
        problem: 'the address carries credentials',
        fix: 'take them out; Functions get theirs from the Secret of buildless.dev/registry',
      },
    ];
  }
  if (url === undefined || !['https:', 'http:'].includes(url.protocol)) {
    return [{ problem: `${shown(text)} is not an address over https or http`, fix: 'write https://HOST/PATH/' }];
  }
  return url.search === '' && url.hash === ''
    ? []
    : [{ problem: `${shown(text)} has more than host and path`, fix: 'write https://HOST/PATH/' }];
});

/** The addresses are in the environment of init containers, which everybody who may see the Pod reads. */
const proxyUrl = checked(z.string().max(500), (text) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (hasCredentials(url)) {
    return [
      {
        problem: 'the address carries credentials, which everyone who may read a Pod would see',
        fix: 'write the address to the key "proxy" of a Secret in each namespace of Functions, and the name of the Secret to proxy.secret',
      },
    ];
  }
  if (url?.protocol !== 'http:') {
    return [{ problem: `${shown(text)} is not an address over http`, fix: 'write http://HOST:PORT' }];
  }
  return url.pathname === '/' && url.search === '' && url.hash === ''
    ? []
    : [{ problem: `${shown(text)} has more than host and port`, fix: 'write http://HOST:PORT' }];
});

const withoutProxy = matching(
  /^(?:\*|[A-Za-z0-9.:/_-]{1,253})$/,
  'host or domain',
  'write one entry a line, such as .svc, registry.example or 10.0.0.0/8',
);

const apiGroup = matching(
  /^[a-z0-9][-a-z0-9.]{0,252}$/,
  'group of the API',
  'write the part of apiVersion before the slash, such as kubeflow.org',
);
const kindName = matching(/^[A-Z][A-Za-z0-9]{0,62}$/, 'kind', 'write it as "kind" has it, such as CloneSet');
const resourceName = matching(/^[a-z][a-z0-9]{0,62}$/, 'resource', 'write its name in URLs, such as clonesets');
const templatePath = matching(
  /^[a-z][A-Za-z0-9]{0,62}(?:\.(?:\*|[a-z][A-Za-z0-9]{0,62})){0,9}$/,
  'path of a Pod template',
  'write the fields to it with dots between them, and * for each item of a list, such as spec.template or spec.jobs.*.template',
);

/** Resource presets and runtimes are named in annotations: keep the names short and plain. */
const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const NAME_FIX = 'write letters, digits, "-", "_" and ".", at most 63 of them';

export const CONFIGURATION_FILE = z.strictObject({
  mode: z.enum(['buildless', 'disabled']).optional(),
  toolkit: section({
    image: image.optional(),
    imagePullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).nullable().optional(),
    resources: section(RESOURCES),
  }),
  images: section({
    registry: imageRegistry.nullable().optional(),
    pullSecrets: z.array(secretName).max(20).nullable().optional(),
  }),
  proxy: section({
    httpProxy: proxyUrl.nullable().optional(),
    httpsProxy: proxyUrl.nullable().optional(),
    secret: secretName.nullable().optional(),
    noProxy: z.array(withoutProxy).max(100).nullable().optional(),
  }),
  runtimes: keysMatching(runtime.nullable(), NAME, 'name of a runtime', NAME_FIX).nullable().optional(),
  profiles: keysMatching(z.strictObject(RESOURCES).nullable(), NAME, 'name of a profile', NAME_FIX)
    .nullable()
    .optional(),
  defaultProfile: z.string().optional(),
  install: section({
    timeoutSeconds: seconds.optional(),
    resources: section(RESOURCES),
    installers: z.array(z.enum(installerNames())).optional(),
    defaultInstaller: section(forEachLanguage((language) => z.enum(choicesOf(language)).optional())),
    registry: secretName.nullable().optional(),
  }),
  // Kubernetes takes user ids up to 2^31-1; 0 is root, which runAsNonRoot forbids.
  security: section({ runAsUser: z.int().min(1).max(2_147_483_647).nullable().optional() }),
  volumes: section({ appSizeLimit: sizeLimit.optional(), tmpSizeLimit: sizeLimit.optional() }),
  server: section({
    timeoutSeconds: seconds.optional(),
    bodyLimitMegabytes: z.int().positive().optional(),
    env: keysMatching(
      z.string().nullable(),
      /^[-._a-zA-Z][-._a-zA-Z0-9]*$/,
      'name of an environment variable',
      'write letters, digits, "_", "-" and ".", not beginning with a digit',
    )
      .nullable()
      .optional(),
  }),
  revisions: section({
    rollout: z.enum(ROLLOUT_MODES).optional(),
    rolloutsAtOnce: z.int().min(1).max(1000).optional(),
    history: z.int().min(0).max(1000).optional(),
    locks: z.enum(LOCK_RESOLVERS).optional(),
  }),
  git: section({ interval: interval.optional() }),
  templates: z
    .array(z.strictObject({ group: apiGroup, kind: kindName, resource: resourceName.optional(), path: templatePath }))
    .nullable()
    .optional(),
  dependencies: section({
    enforce: z.enum(LEVELS).optional(),
    warn: z.enum(LEVELS).optional(),
    audit: z.enum(LEVELS).optional(),
    floor: z.enum(LEVELS).optional(),
    exemptNamespaces: z.array(namespaceName).nullable().optional(),
    registries: section(forEachLanguage(() => z.array(registryUrl).nullable().optional())),
    denied: DENIED,
    minimumReleaseAge: releaseAge.nullable().optional(),
    releaseAgeExceptions: z.array(packagePattern).max(500).nullable().optional(),
    unknownReleaseAge: z.enum(UNKNOWN_AGES).optional(),
    exceptions: EXCEPTIONS,
    provenanceLost: z.enum(PROVENANCE_LOST).optional(),
    provenanceExceptions: z.array(packagePattern).max(500).nullable().optional(),
    licences: licences(packagePattern),
    npmRegistries: formerly('registries.nodejs', z.array(registryUrl).nullable()),
    pythonIndexes: formerly('registries.python', z.array(registryUrl).nullable()),
  }),
  only: section({
    images: allowedImages,
    exemptImages: allowedImages,
    exemptNamespaces: z.array(namespaceName).max(200).nullable().optional(),
  }),
});

export type ConfigurationFile = z.infer<typeof CONFIGURATION_FILE>;

/** A step into the schema: through optional and nullable, into a key or a row. */
function descend(schema: unknown, key: PropertyKey): unknown {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodObject) return typeof key === 'string' ? inner.shape[key] : undefined;
  return inner instanceof z.ZodRecord ? inner.valueType : undefined;
}

function unwrapped(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? unwrapped(schema.unwrap()) : schema;
}

/**
 * The keys that may be at a path of the file, without those that are deprecated.
 *
 * @returns none if anything may be there, or nothing
 */
export function keysAt(path: readonly PropertyKey[]): readonly string[] {
  const schema = unwrapped(path.reduce(descend, CONFIGURATION_FILE));
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape).flatMap(([key, value]) =>
    value instanceof z.ZodType && value.meta()?.deprecated === true ? [] : [key],
  );
}
