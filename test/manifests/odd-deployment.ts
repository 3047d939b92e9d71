/** The end of a manifest of somebody who writes YAML in their own way, which no edit may change. */
export const ODD_DEPLOYMENT = `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}   # odd   spacing
spec:
    template:
        metadata:
            labels: {buildless.dev/function: shop}
            annotations: {buildless.dev/runtime: nodejs22}
        spec: {containers: [{name: function, image: auto}]}
# the end
`;
