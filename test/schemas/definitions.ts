/** Where the projects of docs/workloads.md, docs/scaling.md and examples/ have their CustomResourceDefinitions. */
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { manifestsOf, pinnedModule, type PinnedModule } from '../programs/go-module.ts';

interface Definitions extends PinnedModule {
  readonly files: readonly string[];
}

const DEFINITIONS: readonly Definitions[] = [
  {
    module: 'github.com/argoproj/argo-rollouts',
    version: 'v1.8.3',
    sum: 'h1:blbtQva4IK9r6gFh+dWkCrLnFdPOWiv9ubQYu36qeaA=',
    files: ['manifests/crds/rollout-crd.yaml'],
  },
  {
    module: 'github.com/kedacore/keda/v2',
    version: 'v2.21.0',
    sum: 'h1:R6z2HZvstK4RLUMxroNACzBj74xGxt3kG59b5Xc+Xps=',
    files: ['scaledjobs', 'scaledobjects'].map((name) => `config/crd/bases/keda.sh_${name}.yaml`),
  },
  {
    module: 'github.com/openkruise/kruise',
    version: 'v1.8.0',
    sum: 'h1:cU5XG9tur17j/CuY+iCTlxOtJ0GNTtJjMLurhh+25YQ=',
    files: ['config/crd/bases/apps.kruise.io_clonesets.yaml'],
  },
  {
    module: 'github.com/prometheus-operator/prometheus-operator',
    version: 'v0.85.0',
    sum: 'h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=',
    files: ['example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml'],
  },
  {
    module: 'github.com/tektoncd/pipeline',
    version: 'v1.0.0',
    sum: 'h1:qq/BtjwtvZV7qhd6BnL5sGoBM4vVqpCtz/+hMbs6p94=',
    files: ['config/300-crds/300-task.yaml'],
  },
  {
    module: 'knative.dev/eventing',
    version: 'v0.42.3',
    sum: 'h1:ubG0XApByn8xnT40XFIUlhVfbREWWG4SAnq9CiVtGLc=',
    files: ['broker', 'trigger'].map((name) => `config/core/resources/${name}.yaml`),
  },
  {
    module: 'sigs.k8s.io/gateway-api',
    version: 'v1.4.0',
    sum: 'h1:ZwlNM6zOHq0h3WUX2gfByPs2yAEsy/EenYJB78jpQfQ=',
    files: ['gateways', 'httproutes'].map((name) => `config/crd/standard/gateway.networking.k8s.io_${name}.yaml`),
  },
  {
    module: 'sigs.k8s.io/jobset',
    version: 'v0.8.2',
    sum: 'h1:WC5a5G7MqfJJy4p+6OxGMpfbB90KoDSay96Mc4yMMZM=',
    files: ['config/components/crd/bases/jobset.x-k8s.io_jobsets.yaml'],
  },
  {
    module: 'sigs.k8s.io/lws',
    version: 'v0.6.2',
    sum: 'h1:5ulPJDaLBI9zk6ayGO2Lfg9P/FBL3C1LsmHmJVqvHvo=',
    files: ['config/crd/bases/leaderworkerset.x-k8s.io_leaderworkersets.yaml'],
  },
];

/** Kinds of pages and examples that are not tried here, with their groups, and why. */
export const NOT_HERE: Readonly<Record<string, string>> = {
  'argoproj.io/WorkflowTemplate':
    'Kubernetes refuses the full definition of Argo Workflows 3.6, and the other one checks nothing',
  'apps.openshift.io/DeploymentConfig': 'OpenShift has no CustomResourceDefinition of a DeploymentConfig',
  'http.keda.sh/InterceptorRoute': 'the definition of the KEDA HTTP add-on is not among those that are pinned here',
  'serving.knative.dev/Service': 'npm run test:knative tries it',
};

/** Each as its project has it, without the webhook that would convert other versions of it. */
export const definitions = (): readonly KubernetesObject[] =>
  DEFINITIONS.flatMap((each) => each.files.flatMap((file) => manifestsOf(pinnedModule(each), file)))
    .filter(({ kind }) => kind === 'CustomResourceDefinition')
    .map((object) => ({ ...object, spec: { ...(object.spec as KubernetesObject), conversion: { strategy: 'None' } } }));
