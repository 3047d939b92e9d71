import { userInfo } from 'node:os';
import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { engineOf } from '../function/engine.ts';
import { LANGUAGES } from '../function/languages.ts';
import { RESERVED_PREFIX } from '../function/keys.ts';
import type { Runtime } from '../function/runtimes.ts';
import { isEmpty } from '../kubernetes/unset.ts';
import type { ContainerPlan } from './containers.ts';
import type { Interpreter } from './languages/row.ts';
import type { LocalVolumes } from './volumes.ts';

export interface Comparison {
  readonly pod: V1Pod;
  readonly plan: ContainerPlan;
  readonly runtime: Runtime;
  readonly interpreter: Interpreter;
  /** What runs the Function in its place. */
  readonly engine: Interpreter | undefined;
  readonly volumes: LocalVolumes;
  /** Variables that are not known here. */
  readonly unknownVariables: readonly string[];
  /** Whether the container runs our server. */
  readonly server: boolean;
}

/** In what this machine differs from the Pod. */
export interface Difference {
  /** In a word or two, for a list. */
  readonly topic: string;
  readonly text: string;
}

/** In what this machine differs from the Pod in a cluster, for a person to know before they trust what they see. */
export function differencesOf(comparison: Comparison): readonly Difference[] {
  const { plan, volumes, unknownVariables } = comparison;
  return [
    aboutRuntime(comparison),
    aboutIsolation(plan.function),
    ...aboutLimits(plan.function),
    aboutLife(comparison),
    { topic: 'cluster', text: 'no cluster: its DNS names, Services and API are not here' },
    ...(plan.leftOut.length === 0
      ? []
      : [{ topic: counted('container', plan.leftOut), text: `not run: ${counted('container', plan.leftOut)}` }]),
    ...volumes.missing.map(({ volume, reason }) => ({
      topic: `volume ${volume}`,
      text: `volume ${volume}: ${reason}`,
    })),
    ...unknownVariables.map((reason) => ({
      topic: `variable ${reason.slice(0, reason.search(/[:,]|$/))}`,
      text: `variable not set: ${reason}`,
    })),
    ...aboutMounts(plan.function),
  ];
}

function aboutRuntime({ runtime, interpreter, engine: found, plan: { function: container } }: Comparison): Difference {
  const { title } = LANGUAGES.of(runtime.language);
  const engine = engineOf(runtime);
  const here =
    found === undefined
      ? `${title} ${interpreter.version} of this machine (${interpreter.command})`
      : `${engine?.title ?? ''} ${found.version} of this machine (${found.command})`;
  if (container.image !== runtime.image) {
    return {
      topic: 'image',
      text: `the image ${container.image ?? ''} is not here, nor what it holds: ${here} runs the Function`,
    };
  }
  if (engine !== undefined && found === undefined) {
    return {
      topic: engine.title,
      text: `another program: ${here} runs the Function, the Pod has ${engine.title} (${container.image})`,
    };
  }
  return (found?.same ?? interpreter.same)
    ? { topic: 'image', text: `no image: ${here} runs the Function, not ${container.image}` }
    : {
        topic: `${title} ${runtime.version} (here: ${interpreter.version})`,
        text: `another version: ${here} runs the Function, the Pod has ${runtime.version} (${container.image})`,
      };
}

function aboutIsolation({ securityContext }: V1Container): Difference {
  const user = securityContext?.runAsUser;
  const there = user === undefined ? 'the Pod has a user of its own' : `the Pod has user ${user}`;
  return {
    topic: 'isolation',
    text: `no isolation: it runs as ${nameOfUser()} with your files, network and processes; ${there} and a read-only root`,
  };
}

function nameOfUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'this user';
  }
}

function aboutLimits({ resources }: V1Container): readonly Difference[] {
  const limits = Object.entries(resources?.limits ?? {}).map(([name, amount]) => `${name} ${amount}`);
  return limits.length === 0
    ? []
    : [{ topic: 'limits', text: `no limits: the Pod has ${limits.join(', ')}, and its volumes a size` }];
}

function aboutLife({ server, pod }: Comparison): Difference {
  return server
    ? { topic: 'probes', text: 'no probes after the start, and no restart when it ends' }
    : {
        topic: 'restarts',
        text: `no restart when it ends (the Pod says restartPolicy: ${pod.spec?.restartPolicy ?? 'Always'})`,
      };
}

/** Folders of the author's own are elsewhere; only what passes through the manifest can be rewritten. */
function aboutMounts({ volumeMounts }: V1Container): readonly Difference[] {
  const own = (volumeMounts ?? []).filter(({ name }) => !name.startsWith(RESERVED_PREFIX));
  if (isEmpty(own)) return [];
  const paths = own.map(({ mountPath }) => mountPath).join(', ');
  return [
    {
      topic: paths,
      text: `${paths}: below a temporary folder; rewritten in command, args and env, but not inside the code`,
    },
  ];
}

const counted = (noun: string, names: readonly string[]): string =>
  `the ${noun}${names.length === 1 ? '' : 's'} ${names.join(', ')}`;
