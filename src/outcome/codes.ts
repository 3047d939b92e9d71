/**
 * Every way a review can end other than with a patch. Messages, logs, metric labels, the command's output and
 * docs/outcomes.md share this enumeration, so a code seen in one of them can be looked up in all.
 */

export interface OutcomeDescription {
  /** Why it happened. */
  readonly cause: string;
  /** What to do about it. */
  readonly cure: string;
}

/** Why an object passes untouched. */
export const SKIPS = {
  'not-a-function': {
    cause: 'The Pod (or template) has no label buildless.dev/function.',
    cure: 'No action needed. To make it a Function, add the label to the Pod template; on the workload alone it has no effect.',
  },
  'disabled-by-pod': {
    cause: 'The annotation buildless.dev/mode is "disabled": the Pod runs its own image.',
    cure: 'Remove the annotation to have the Function injected.',
  },
  'disabled-by-configuration': {
    cause: 'The webhook\'s configuration says "mode: disabled" for the whole cluster.',
    cure: 'Set "mode: buildless" in the configuration; it is reloaded without a restart.',
  },
  'already-injected': {
    cause: 'The Pod carries exactly the injection that it would get now.',
    cure: 'No action needed.',
  },
  'namespace-not-opted-in': {
    cause: 'The namespace has not opted in with the label buildless.dev/functions, so the webhook reads nothing in it.',
    cure: 'Compare the webhook configuration in the cluster with the shipped one; label the namespace to opt in.',
  },
  'mirror-pod': {
    cause: 'The Pod mirrors a static Pod of a kubelet; the API server does not allow it to be changed.',
    cure: 'Run the Function from a workload instead of a static Pod.',
  },
  'source-not-found-yet': {
    cause:
      'A dry run of a Pod whose source does not exist yet (kubectl diff, --dry-run=server). The Pod is not stored and not injected.',
    cure: 'No action needed if the same command creates the source.',
  },
  'other-operation': {
    cause: 'The review is about an operation, kind or subresource that this webhook does not check.',
    cure: 'Compare the webhook configuration in the cluster with the shipped one.',
  },
  'no-controller': {
    cause:
      'No controller is running (its Lease is not held), so nothing would follow the source or store a revision. The template is not stamped.',
    cure: 'No action needed if the controller is not installed. Otherwise check its Pods: docs/revisions.md.',
  },
  'no-revision': {
    cause: 'The workload has nothing to stamp: its source is an image, or the validating half refuses its template.',
    cure: 'No action needed.',
  },
  'being-deleted': {
    cause: 'The object is being deleted, so its finalizers must be removable whatever the policy is.',
    cure: 'No action needed.',
  },
  unchanged: {
    cause:
      'The update does not change the Pod template or the files of the ConfigMap: it sets a label, a scale or a finalizer.',
    cure: 'No action needed: the policy is applied when the object changes, and when its Pods are created.',
  },
  'owned-by-controller': {
    cause: 'A controller created the object (the ReplicaSet of a Deployment, the Job of a CronJob).',
    cure: 'No action needed: the template was checked with its owner, and each Pod is checked when it is created.',
  },
} as const satisfies Record<string, OutcomeDescription>;

export type SkipCode = keyof typeof SKIPS;

/** Why an object is refused. */
export const REFUSALS = {
  'invalid-name': {
    cause: 'The label buildless.dev/function is not a DNS label (RFC 1123).',
    cure: 'Use at most 63 lower-case letters, digits and "-", beginning and ending with a letter or digit.',
  },
  'unknown-annotation': {
    cause: 'An annotation under buildless.dev/ is unknown, most often because of a typing error.',
    cure: 'Use the name that the message suggests; README.md lists all annotations.',
  },
  'unknown-label': {
    cause:
      'A Pod of a Function has an unknown label under buildless.dev/: a typing error, or an annotation among the labels.',
    cure: 'Use the name that the message suggests, or move it to the annotations.',
  },
  'invalid-annotation': {
    cause: 'An annotation under buildless.dev/ has an invalid value.',
    cure: 'Use one of the values that the message names.',
  },
  'unknown-runtime': {
    cause: 'buildless.dev/runtime is missing or names a runtime that is not in the configuration.',
    cure: 'Choose one of the runtimes that the message lists, or ask the administrator to add it to the configuration.',
  },
  'unknown-installer': {
    cause: 'buildless.dev/installer names an installer that the runtime does not support or the configuration forbids.',
    cure: 'Choose one of the installers that the message lists, or "auto".',
  },
  'unknown-profile': {
    cause: 'buildless.dev/profile names a resource preset that is not in the configuration.',
    cure: 'Choose one of the presets that the message lists.',
  },
  'invalid-object': {
    cause:
      'The object does not have the shape of a Pod: for example a list instead of a map, or a number instead of a string.',
    cure: 'Correct the field that the message names; kubectl explain shows its type.',
  },
  'no-container': {
    cause: 'The Pod has no container, or buildless.dev/container names a container that does not exist.',
    cure: 'Name an existing container.',
  },
  'ambiguous-container': {
    cause: 'The Pod has several containers, none is called "function", and not exactly one has "image: auto".',
    cure: 'Call one "function" or name it with buildless.dev/container.',
  },
  'unsupported-os': {
    cause:
      'The Pod asks for nodes of another operating system (spec.os, a node selector or an affinity), but the runtimes are Linux images.',
    cure: 'Remove the field that the message names, or set it to linux.',
  },
  'source-not-found': {
    cause: "The ConfigMap that holds the Function's source does not exist.",
    cure: 'Create it in the same namespace, or set buildless.dev/source to the name of an existing one.',
  },
  'source-invalid': {
    cause:
      'The source cannot be turned into files: a key that climbs out of the folder, two keys for one file, an empty source.',
    cure: 'Rename the key; ".." in a ConfigMap key stands for "/".',
  },
  'source-unreachable': {
    cause: 'The webhook could not read the source in time: the API server did not answer.',
    cure: "Try again. If the error persists, check the webhook's readiness and log.",
  },
  'revision-not-found': {
    cause:
      'The Pod template names a revision that does not exist (it was deleted or never stored), and the source has changed since. Running the current files would mix revisions, so the Pod is refused.',
    cure: 'Wait for the rollout of the new files ("buildless status" shows it), or apply the workload again without the annotation buildless.dev/revision.',
  },
  'namespace-unreachable': {
    cause:
      "The webhook does not know the Pod's Namespace yet and could not read it. Its labels decide whether it opted in and which dependency policy applies.",
    cure: "Try again. If the error persists, check the webhook's readiness and log.",
  },
  'handler-not-found': {
    cause: 'The file in buildless.dev/handler is not in the source.',
    cure: 'Name one of the files that the message lists, as FILE.EXPORT without the extension.',
  },
  'reserved-name': {
    cause:
      'The Pod uses a name that begins with "buildless-", or has an annotation buildless.dev/status that Buildless did not write.',
    cure: 'Rename it: names with this prefix are reserved for the injection.',
  },
  'reserved-path': {
    cause: 'The Pod mounts a volume of its own at or below /buildless.',
    cure: 'Mount it at another path.',
  },
  'port-contradiction': {
    cause: "The Function's port cannot be determined, or is set twice with different values.",
    cure: 'Set it once: as the containerPort named "http", or as a plain value of FUNC_PORT or PORT.',
  },
  'security-contradiction': {
    cause: 'The Pod explicitly asks for something that Pod Security "restricted" forbids.',
    cure: 'Remove the field, or set it to the value that the message names. Unset fields are filled in.',
  },
  'dependencies-float': {
    cause: 'A dependency would be resolved again each time a Pod starts, so replicas would drift apart.',
    cure: 'Pin the version that the message asks for, or add a lock file.',
  },
  'dependencies-invalid': {
    cause:
      'npm or pip cannot read package.json, requirements.txt, a lock or .npmrc, or the file names a registry, path or setting that is not allowed.',
    cure: 'Correct the line that the message names.',
  },
  'installer-unfit': {
    cause: 'The installer in buildless.dev/installer cannot install this source the way npm or pip would.',
    cure: 'Correct the entry that the message names, or choose npm or pip.',
  },
  'scripts-denied': {
    cause:
      'A dependency has to run its own code during installation (npm: a Git dependency), but install scripts are denied.',
    cure: 'Use a version from a registry, or set buildless.dev/install-scripts: allow if you trust the package.',
  },
  'credential-in-source': {
    cause: "The Function's source contains a token or a password. More people can read a source than a Secret.",
    cure: 'Revoke the credential, and put its replacement into the Secret in buildless.dev/registry.',
  },
  'dependency-denied': {
    cause:
      'The lock of the Function, or a version that its author pins, has a package that the administrator denies in this cluster: most often malicious code (docs/supply-chain.md).',
    cure: 'Take another version of the package that the message names, and lock the dependencies again. The message has the path by which it came.',
  },
  'licence-refused': {
    cause:
      'A package of the lock has a licence that dependencies.licences refuses, or does not allow, in this cluster.',
    cure: 'Use another package, or a version with another licence; or have the administrator allow it: docs/supply-chain.md.',
  },
  'licence-unknown': {
    cause:
      'Nobody tells the licence of a package, or it is not an expression of SPDX, and dependencies.licences.unknown is "refuse".',
    cure: 'Use a version that declares an SPDX identifier, or ask the administrator for an exception: docs/supply-chain.md.',
  },
  'too-complex': {
    cause:
      'Reading the dependency files of the source takes more work than any Function needs, so they are not checked: one author must not stop the webhook for everybody.',
    cure: 'Make the file that the message names smaller; the message names the limit.',
  },
  'too-busy': {
    cause:
      'The namespace sends more reviews at once than its share allows, or the webhook is overloaded. Nothing was checked.',
    cure: 'Try again after a second; controllers do so automatically. If the error persists, see docs/operations.md.',
  },
  'unknown-policy-level': {
    cause: 'A label buildless.dev/dependencies-* of a Namespace has a value that is not a level.',
    cure: 'Set the label to off, no-latest, exact or locked.',
  },
  'not-injected': {
    cause: 'A Function was not injected during admission, so it would run without its code.',
    cure: 'Check that the mutating webhook is registered and reachable, then create the Pod again.',
  },
  'source-floats': {
    cause:
      'A Git source is not pinned to a full commit, or an image source has neither version nor digest, so replicas differ once it moves.',
    cure: 'Write the full commit, or add the digest of the image.',
  },
  'image-floats': {
    cause: "The image of the Function's container has no version, or no digest at the level locked.",
    cure: 'Use a tag with a version, or add a digest; "image: auto" takes the image in the configuration.',
  },
  'image-auto': {
    cause: 'An update would set the image of a running Function to the marker "auto", which no kubelet can pull.',
    cure: 'Apply the Pod again when the mutating webhook is available, or use a Deployment.',
  },
  'injected-otherwise': {
    cause:
      'The Pod carries an injection that differs from the one it would get now: from another version or namespace, or edited.',
    cure: 'Apply the template as it was before the injection, or render it again with this version.',
  },
  'comments-would-be-lost': {
    cause: 'The command cannot keep the comments of a document in flow style (braces), so it does not write the file.',
    cure: 'Convert the document to block style, or remove the comments.',
  },
  'not-a-review': {
    cause: 'The request is not an AdmissionReview of admission.k8s.io/v1.',
    cure: 'Only an API server should call this address.',
  },
  'internal-error': {
    cause: 'A bug in Buildless. Its log has the trace with the same uid.',
    cure: 'Report it with the log line.',
  },
  'release-too-young': {
    cause: 'A lock installs a version that was published less than dependencies.minimumReleaseAge ago.',
    cure: 'Wait until the time in the message (the controller tries again then), use an older version, or ask the administrator for an exception: docs/supply-chain.md.',
  },
  'release-age-unknown': {
    cause:
      'A lock installs a version of which no registry tells when it was published, and dependencies.unknownReleaseAge is "refuse": Git, an address, or a registry without times.',
    cure: 'Use a version of a registry that gives times, or ask the administrator for an exception: docs/supply-chain.md.',
  },
  'release-changed': {
    cause: 'The registry has a version with other content than the lock: a digest differs.',
    cure: 'Find out which of the two is right. If it is the registry, resolve the lock again.',
  },
  'provenance-lost': {
    cause:
      'A new revision takes a version without a provenance attestation, or one that was published with an account or token, and the revision before has a version of the same package with an attestation or from a trusted publisher. dependencies.provenanceLost is "refuse".',
    cure: 'Keep the version before, find out how the new one was published, or ask the administrator for an exception: docs/supply-chain.md.',
  },
  'provenance-unchecked': {
    cause:
      'dependencies.provenanceLost is "refuse", the template of this Pod names a revision whose lock does not exist, and no controller runs that would compare it.',
    cure: 'Start the controller: kubectl buildless doctor says what is wrong with it.',
  },
  'release-age-unchecked': {
    cause:
      'A minimum release age is set, and nobody has compared the dependencies of this Pod with it: the controller does not run, or the Pod has no workload whose revisions it makes.',
    cure: 'Start the controller; run the Function from a Deployment or another workload that has revisions: docs/supply-chain.md.',
  },
  'registry-unavailable': {
    cause:
      '"buildless validate --online" could not ask a registry about the versions of a lock: it did not answer, or denied access. Nothing is known of them. In a cluster the rollout waits.',
    cure: 'See that the registry answers, with credentials that may read the package, and run the command again.',
  },
  'lock-not-resolved': {
    cause:
      '"buildless validate --online" could not resolve a lock for a source without one, as the controller does, so its versions are not known.',
    cure: 'Do what the message says; "buildless lock" resolves the same lock.',
  },
  'unknown-release-age': {
    cause: 'The label buildless.dev/minimum-release-age of a Namespace is not a duration.',
    cure: 'Write a number with s, m, h or d, such as 7d.',
  },
} as const satisfies Record<string, OutcomeDescription>;

export type RefusalCode = keyof typeof REFUSALS;

export const isRefusalCode = (text: unknown): text is RefusalCode =>
  typeof text === 'string' && Object.hasOwn(REFUSALS, text);

/** Advice that does not stop anything; shown by kubectl as "Warning:". */
export const WARNINGS = {
  'source-unlabelled': {
    cause: 'The ConfigMap of the source has no label buildless.dev/function, so a bad edit of it is not refused.',
    cure: 'Label the ConfigMap.',
  },
  'source-missing-yet': {
    cause: 'The template was admitted although its source does not exist yet; its Pods are refused until it does.',
    cure: 'Create the ConfigMap.',
  },
  'revision-missing-yet': {
    cause:
      'The template names a revision that does not exist, and the source has changed. Its Pods are refused until the revision exists or the template is rolled out again.',
    cure: 'Remove the annotation buildless.dev/revision from the template that you apply; Buildless writes it.',
  },
  'knative-init-containers': {
    cause:
      'The template of a Knative Service was injected, and Knative refuses init containers unless its administrator allows them.',
    cure: 'Apply the Service as it is in a namespace of Functions, where the webhook injects its Pods; or set kubernetes.podspec-init-containers to enabled in the ConfigMap config-features of knative-serving.',
  },
  'revision-kept': {
    cause:
      'The manifest contains the annotation buildless.dev/revision, from an export or of a revision that does not exist; the workload keeps its current one.',
    cure: 'Remove the annotation from the manifest; Buildless writes it.',
  },
  'revision-ignored': {
    cause:
      'The annotation buildless.dev/revision belongs to another source than the one in the template, so Pods run the source as it is when they start.',
    cure: 'Remove the annotation from the template that you apply; Buildless writes it.',
  },
  'misspelt-key': {
    cause:
      'A label or an annotation looks like a misspelt one of Buildless, such as `buildles.dev/function`; it has no effect.',
    cure: 'Use the key that the message names.',
  },
  'key-without-function': {
    cause:
      'A workload has a key under buildless.dev/, but none of its Pod templates has the label buildless.dev/function. Most often the label is on the Deployment instead of its template.',
    cure: 'Move the key to the metadata of the Pod template, together with the label.',
  },
  'image-auto-without-function': {
    cause: 'A Pod template has `image: auto` but not the label buildless.dev/function, so nothing replaces the image.',
    cure: 'Add the label to the Pod template, or name an image.',
  },
  'handler-ignored': {
    cause: 'The container has its own command or args, so the HTTP server and the handler are not used.',
    cure: 'Remove buildless.dev/handler, or remove the command.',
  },
  'server-in-job': {
    cause: 'A Pod that is meant to end (restartPolicy Never or OnFailure) runs the HTTP server, which never ends.',
    cure: 'Give the container a command.',
  },
  'port-shared': {
    cause: "Another container of the Pod declares the Function's port; containers of one Pod share their ports.",
    cure: 'Use another port for one of the two.',
  },
  'port-name-taken': {
    cause: 'The Pod has a port named "http" that is not the Function\'s port.',
    cure: "No action needed if Services should reach that port. Otherwise use the number of the Function's port in the Service.",
  },
  'port-privileged': {
    cause: 'The Function listens on a port below 1024, which some nodes allow only root to use.',
    cure: 'Use port 1024 or higher, or set the sysctl net.ipv4.ip_unprivileged_port_start in the Pod.',
  },
  'profile-narrowed': {
    cause:
      'A LimitRange of the namespace does not allow the values of the resource preset; the nearest allowed values are used.',
    cure: "Choose another preset, or set the container's resources.",
  },
  'quota-unmet': {
    cause: 'A ResourceQuota counts a resource that a container does not set. The API server refuses such Pods.',
    cure: 'Set the resource, or choose a preset that sets it.',
  },
  'search-path-kept': {
    cause: 'The container sets PYTHONPATH or NODE_PATH itself, so the installed dependencies are not on it.',
    cure: 'Add the folder that the message names to it.',
  },
  'runtime-deprecated': {
    cause: 'The runtime is close to its end of life, or past it.',
    cure: 'Move to the runtime that the message names.',
  },
  'dependencies-float': {
    cause: "A dependency floats according to the level of the namespace's warnings.",
    cure: 'Pin the version that the message asks for, or add a lock file.',
  },
  'dependencies-invalid': {
    cause: "A dependency file is invalid for npm or pip, according to the level of the namespace's warnings.",
    cure: 'Correct the line that the message names.',
  },
  'credential-in-source': {
    cause: "The Function's source contains a token or a password. More people can read a source than a Secret.",
    cure: 'Revoke the credential, and put its replacement into the Secret in buildless.dev/registry.',
  },
  'too-complex': {
    cause:
      'Reading the dependency files of the source takes more work than any Function needs, so they are not checked.',
    cure: 'Make the file that the message names smaller; the message names the limit.',
  },
  'source-floats': {
    cause:
      'A Git source is not pinned to a full commit, or an image source has no digest, so replicas differ once it moves.',
    cure: 'Write the full commit, or add the digest of the image; the level locked requires it.',
  },
  'image-floats': {
    cause: "The image of the Function's container has no version, or no digest and the namespace warns about that.",
    cure: 'Use a tag with a version, or add a digest.',
  },
  'source-unreachable': {
    cause:
      'The webhook could not read the source of a template in time, so the template was admitted without checking it.',
    cure: 'No action needed: its Pods are checked when they are created.',
  },
  'namespace-unreachable': {
    cause:
      'The webhook could not read the Namespace of a template in time, so the template was admitted without checking it.',
    cure: 'No action needed: its Pods are checked when they are created.',
  },
  'policy-floor': {
    cause:
      "A namespace label sets a level to enforce that is looser than the configuration's floor; the floor is used.",
    cure: 'Set the label to the floor or a stricter level, or ask the administrator to exempt the namespace.',
  },
  'unknown-label': {
    cause: 'A label under buildless.dev/ on a Namespace has no effect, most often because of a typing error.',
    cure: 'Use the name or value that the message suggests.',
  },
  'existing-pods': {
    cause:
      'The new labels of a Namespace would refuse Pods that run in it, if they were created again. At most 3000 Pods are checked, for one second. The check does not see the files of Git and image sources, or the ages of versions.',
    cure: 'Lock the Functions that the message names, or move the other workloads. Running Pods are not affected.',
  },
  'unknown-policy-level': {
    cause:
      'A label buildless.dev/dependencies-* of a Namespace has a value that is not a level; the strictest level is used.',
    cure: 'Set the label to off, no-latest, exact or locked.',
  },
  'release-age-unknown': {
    cause:
      'A lock installs a version of which no registry tells when it was published, and dependencies.unknownReleaseAge is "warn".',
    cure: 'Use a version of a registry that gives times, or ask the administrator for an exception: docs/supply-chain.md.',
  },
  'licence-unknown': {
    cause:
      'Nobody tells the licence of a package, or it is not an expression of SPDX, and dependencies.licences.unknown is "warn".',
    cure: 'Use a version that declares an SPDX identifier, or ask the administrator for an exception: docs/supply-chain.md.',
  },
  'release-age-unchecked': {
    cause:
      'A minimum release age is set, and the template of this Pod has no revision that was compared with it: it was written before the age, or without the controller.',
    cure: 'Apply the workload again with an edit of its source; the revision of that edit is checked.',
  },
  'unknown-release-age': {
    cause:
      "The label buildless.dev/minimum-release-age of a Namespace is not a duration, so the configuration's age is used.",
    cure: 'Write a number with s, m, h or d, such as 7d.',
  },
  'exception-used': {
    cause:
      'A finding is not refused because of an exception of the configuration (dependencies.exceptions), which ends within a week. buildless validate shows every exception that is used.',
    cure: 'Correct the dependency before the day that the message names, or ask the administrator for a later one.',
  },
  'release-age-kept': {
    cause:
      "A Namespace asks for a shorter minimum release age than the configuration; the configuration's age is used.",
    cure: 'Write a longer duration, or remove the label.',
  },
} as const satisfies Record<string, OutcomeDescription>;

export type WarningCode = keyof typeof WARNINGS;
