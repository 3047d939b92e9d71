import type { V1ResourceRequirements } from '@kubernetes/client-node';
import type { RegistrySettings } from '../dependencies/settings.ts';
import type { ConfiguredDenials } from '../denied/inline.ts';
import type { Exception } from '../exceptions/exception.ts';
import type { ProxySettings } from '../installers/proxies.ts';
import type { FunctionChoices, InstallChoices } from '../function/choices.ts';
import type { LockResolver, RolloutMode } from '../function/keys.ts';
import type { LicenceSettings } from '../licences/policy.ts';
import type { PolicyDefaults } from '../namespace/namespace.ts';
import type { ReleaseRuleSettings } from '../release-rules/rules.ts';

/** What the cluster's administrator decides; deploy/config.yaml is the commented example, schema.ts the check. */
export interface Configuration extends FunctionChoices {
  /** `disabled` turns injection off for the whole cluster. */
  readonly mode: 'buildless' | 'disabled';
  /** The image with our own programs, which `buildless-prepare` runs. */
  readonly toolkit: {
    readonly image: string;
    readonly imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
    readonly resources: V1ResourceRequirements;
  };
  readonly images: {
    /** Host and path of a registry with copies of the images of toolkit and runtimes, which are named by it already. */
    readonly registry?: string;
    /** What the copies were made from, by the names of the copies. */
    readonly originals: Readonly<Record<string, string>>;
    /** Secrets in the namespace of each Function. */
    readonly pullSecrets: readonly string[];
  };
  /** How the init containers and the resolver reach registries and Git. */
  readonly proxy: ProxySettings;
  readonly profiles: Readonly<Record<string, V1ResourceRequirements>>;
  readonly install: InstallChoices & {
    /** Seconds until an installation is given up. */
    readonly timeoutSeconds: number;
    readonly resources: V1ResourceRequirements;
  };
  readonly security: {
    /** `runAsUser` where the Pod sets none; absent on platforms that choose it (OpenShift). */
    readonly runAsUser?: number;
  };
  /** Size limits of the emptyDir volumes, as Kubernetes quantities. */
  readonly volumes: { readonly appSizeLimit: string; readonly tmpSizeLimit: string };
  readonly server: {
    /** Seconds a call may take (`FUNC_TIMEOUT`). */
    readonly timeoutSeconds: number;
    /** Largest request body in MB (`REQ_MB_LIMIT`). */
    readonly bodyLimitMegabytes: number;
    /** More env for each Function's HTTP server, where unset: `OTEL_EXPORTER_OTLP_ENDPOINT` and the like. */
    readonly env: Readonly<Record<string, string>>;
  };
  /** How the controller keeps replicas the same (docs/revisions.md). */
  readonly revisions: {
    /** For workloads without the label `buildless.dev/rollout`. */
    readonly rollout: RolloutMode;
    /** Workloads of one source that roll out at the same time. */
    readonly rolloutsAtOnce: number;
    /** Revisions of a source that are kept although nothing names them. */
    readonly history: number;
    /**
     * `cluster`: the controller resolves the lock of a source that has none, so a missing lock of the author is not refused when
     * a source or a template is applied. `author`: whoever wants a lock writes one.
     */
    readonly locks: LockResolver;
  };
  /** How often a branch or tag of a Git source is looked up. */
  readonly git: { readonly intervalSeconds: number };
  /** Kinds with Pod templates beside those that everybody has; the cluster's registration has to send them. */
  readonly templates: readonly ConfiguredTemplate[];
  /**
   * Level of each mode where the namespace has no label, what labels cannot change, the registries allowed, what is denied, how
   * old versions have to be, and which licences packages may have.
   */
  readonly dependencies: PolicyDefaults &
    RegistrySettings &
    ReleaseRuleSettings & {
      readonly denied: ConfiguredDenials;
      readonly licences: LicenceSettings;
      /** Findings that somebody answers for until a day, those that have ended included. */
      readonly exceptions: readonly Exception[];
    };
  /** Namespaces labelled `only`: see src/installation/only-parameters.ts. */
  readonly only: {
    /** What containers of Functions may run as well, with any command; a last `*` stands for whatever follows. */
    readonly images: readonly string[];
    /** A Pod whose containers all run one of these need not be a Function. */
    readonly exemptImages: readonly string[];
    /** Namespaces that are not limited, whatever their label. */
    readonly exemptNamespaces: readonly string[];
  };
}

/** Where the objects of a custom kind have their Pod template. */
export interface ConfiguredTemplate {
  readonly group: string;
  readonly kind: string;
  /** Its name in URLs and in rules of a webhook's registration. */
  readonly resource: string;
  /** `*` stands for every item of a list, or every value of a map. */
  readonly path: readonly string[];
}
