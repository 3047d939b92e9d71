// A Pepr module with one mutation of Pods, about what an injection adds: a volume, an init container, a mount, env and an
// annotation. Copied beside an installed pepr and started there.
import { a, Capability, PeprModule } from 'pepr';

const capability = new Capability({ name: 'bench', description: 'Adds what a Function needs.', namespaces: [] });
capability
  .When(a.Pod)
  .IsCreated()
  .Mutate((request) => {
    const { spec } = request.Raw;
    spec.volumes = [...(spec.volumes ?? []), { name: 'app', emptyDir: { sizeLimit: '1Gi' } }];
    spec.initContainers = [
      ...(spec.initContainers ?? []),
      {
        name: 'prepare',
        image: 'registry.example/toolkit:1.0.0',
        args: ['prepare'],
        volumeMounts: [{ name: 'app', mountPath: '/app' }],
        securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ];
    const [container] = spec.containers;
    container.volumeMounts = [...(container.volumeMounts ?? []), { name: 'app', mountPath: '/app', readOnly: true }];
    container.env = [...(container.env ?? []), { name: 'FUNC_NAME', value: 'hello-node' }];
    request.SetAnnotation('bench/status', 'injected');
  });

const pepr = {
  uuid: 'bench',
  name: 'bench',
  onError: 'reject',
  webhookTimeout: 10,
  customLabels: {},
  alwaysIgnore: { namespaces: ['kube-system'] },
  includedFiles: [],
  env: {},
};
new PeprModule({ description: 'benchmark', pepr }, [capability], { deferStart: true }).start(Number(process.env.PORT));
