/** ConfigMaps with denied versions: a mounted one reaches a Pod only after a minute or two, so they are watched. */
import { textsOf } from '../api-server/metadata.ts';
import type { ApiServer } from '../api-server/api-server.ts';
import type { ClusterLog } from '../api-server/cluster.ts';
import { Reflector, type ReflectorOptions } from '../api-server/reflector.ts';
import { DENIED_LABEL } from '../function/keys.ts';
import { CONFIG_KEY, CONFIG_MAP } from '../installation/names.ts';

export interface DeniedConfigMapsOptions {
  readonly server: ApiServer;
  /** Of the installation. */
  readonly namespace: string;
  readonly logger: ClusterLog;
  readonly backoffMilliseconds?: number;
  /** Called with what a ConfigMap has now; undefined if it is gone. */
  readonly onTexts: (name: string, texts: ReadonlyMap<string, string | Uint8Array> | undefined) => void;
}

/** Those with the label `buildless.dev/denied`, and the configuration. */
export function followDeniedConfigMaps(options: DeniedConfigMapsOptions): {
  readonly synced: () => boolean;
  readonly problems: () => readonly string[];
  readonly stop: () => Promise<void>;
} {
  const { server, namespace, logger, backoffMilliseconds, onTexts } = options;
  const follow = (
    selection: Pick<ReflectorOptions<Handed>, 'labelSelector' | 'fieldSelector'>,
    isWanted: (key: string) => boolean,
  ): Reflector<Handed> => {
    const reflector = new Reflector<Handed>({
      server,
      logger,
      ...(backoffMilliseconds !== undefined && { backoffMilliseconds }),
      path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps`,
      ...selection,
      pageSize: 10,
      entryOf: (object) => new Handed(contentOf(object, isWanted)),
      onEntry: ({ name, after }) => {
        onTexts(name, after?.take());
      },
    });
    reflector.start();
    return reflector;
  };
  const followed = [
    follow({ labelSelector: DENIED_LABEL }, () => true),
    follow({ fieldSelector: `metadata.name=${CONFIG_MAP}` }, (key) => key === CONFIG_KEY),
  ];
  return {
    synced: () => followed.every((reflector) => reflector.synced()),
    problems: () => followed.flatMap((reflector) => reflector.problem() ?? []),
    stop: async () => {
      await Promise.all(followed.map((reflector) => reflector.stop()));
    },
  };
}

/** The content of a ConfigMap until somebody takes it, so that it is not kept. */
class Handed {
  private content: ReadonlyMap<string, string | Uint8Array> | undefined;

  constructor(content: ReadonlyMap<string, string | Uint8Array>) {
    this.content = content;
  }

  take(): ReadonlyMap<string, string | Uint8Array> {
    const { content } = this;
    this.content = undefined;
    return content ?? new Map();
  }
}

function contentOf(object: object, isWanted: (key: string) => boolean): ReadonlyMap<string, string | Uint8Array> {
  const texts = Object.entries(textsOf('data' in object ? object.data : undefined));
  const binary = Object.entries(textsOf('binaryData' in object ? object.binaryData : undefined));
  return new Map<string, string | Uint8Array>([
    ...texts.filter(([key]) => isWanted(key)),
    ...binary.filter(([key]) => isWanted(key)).map(([key, text]) => [key, Buffer.from(text, 'base64')] as const),
  ]);
}
