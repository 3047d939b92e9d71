/** What kustomize makes of a folder of this repository, or why there is no kustomize here. */
export function kustomize(folder: string): { readonly manifests: string } | { readonly missing: string };
