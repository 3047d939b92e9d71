/** A package or a link in a node_modules folder. */
export interface InstalledPackage {
  /** By its own package.json. */
  readonly name: string;
  readonly version: string;
  /** It says that other packages come in its archive. */
  readonly bundles: boolean;
  /** Of a link: where it leads, inside the source; undefined for what is outside of it. */
  readonly link?: { readonly target: string | undefined };
}

/** What npm recorded of a package in node_modules/.package-lock.json. */
export interface RecordedPackage {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly inBundle: boolean;
}
