/** A Function that asks for the network of its node; the runtime is at 8:20. */
export const onHostNetwork = (runtime: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: shop }
spec:
  template:
    metadata:
      labels: { buildless.dev/function: shop }
      annotations: { buildless.dev/runtime: ${runtime} }
    spec:
      hostNetwork: true
      containers: [{ name: function, image: auto }]
`;
