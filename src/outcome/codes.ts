/**
 * Every way a review can end other than with a patch. One enumeration serves messages, logs, metric labels, the
 * command's output and docs/outcomes.md, so that a code seen in any of them can be looked up in all.
 */

export interface OutcomeDescription {
  /** What brought it about. */
  readonly cause: string;
  /** What to do about it. */
  readonly cure: string;
}

/** Why an object passes untouched. */
export const SKIPS = {
  'not-a-function': {
    cause: 'The Pod (or template) has no label buildless.dev/function.',
    cure: 'Nothing to do, or add the label to the Pod template, not only to the workload.',
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
    cure: 'Nothing to do.',
  },
  'namespace-not-opted-in': {
    cause: 'The namespace has no label buildless.dev/functions that opts in, so nothing is read or answered about it.',
    cure: 'Compare the webhook configuration in the cluster with the shipped one; label the namespace to opt in.',
  },
  'mirror-pod': {
    cause: 'The Pod mirrors a static Pod of a kubelet; the API server does not allow it to be changed.',
    cure: 'Run the Function from a workload instead of a static Pod.',
  },
  'source-not-found-yet': {
    cause:
      'A dry run of a Pod whose source does not exist (kubectl diff, --dry-run=server): nothing is stored, and nothing is injected.',
    cure: 'No action needed if the same command creates the source.',
  },
  'other-operation': {
    cause: 'The review is for an operation, kind or subresource that this webhook does not judge.',
    cure: 'Compare the webhook configuration in the cluster with the shipped one.',
  },
  'no-controller': {
    cause: 'No controller holds its Lease, so nobody would follow the source or store a revision; nothing is stamped.',
    cure: 'Nothing to do if the controller is not installed; else see its Pods: docs/revisions.md.',
  },
  'no-revision': {
    cause:
      'The workload has nothing to stamp: its source is an image, or its template is one that the validating half refuses.',
    cure: 'Nothing to do.',
  },
  'being-deleted': {
    cause: 'The object is being deleted; its finalizers must be able to go whatever the policy says.',
    cure: 'Nothing to do.',
  },
  unchanged: {
    cause:
      'An update leaves the Pod template, or the files of the ConfigMap, as they were admitted: a label, a scale, a finalizer.',
    cure: 'Nothing to do; what the policy says of it is said when it is changed, and when its Pods are made.',
  },
  'owned-by-controller': {
    cause: 'The object was made by a controller (the ReplicaSet of a Deployment, the Job of a CronJob).',
    cure: 'Nothing to do; the template was judged with its owner, and each Pod is judged when it is made.',
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
    cause: 'An annotation under buildless.dev/ that does not exist, most often a typing error.',
    cure: 'Use the name that the message suggests; README.md lists all annotations.',
  },
  'unknown-label': {
    cause:
      'A Pod of a Function has a label under buildless.dev/ that does not exist: a typing error, or an annotation among the labels.',
    cure: 'Use the name that the message suggests, or move it to the annotations.',
  },
  'invalid-annotation': {
    cause: 'An annotation under buildless.dev/ has a value that cannot be used.',
    cure: 'Write one of the values that the message names.',
  },
  'unknown-runtime': {
    cause: 'buildless.dev/runtime is missing or names a runtime that the configuration does not have.',
    cure: 'Choose one of the runtimes that the message lists, or have the administrator add it to the configuration.',
  },
  'unknown-installer': {
    cause: 'buildless.dev/installer names an installer that the runtime does not have or the configuration forbids.',
    cure: 'Choose one that the message lists, or "auto".',
  },
  'unknown-profile': {
    cause: 'buildless.dev/profile names a resource preset that the configuration does not have.',
    cure: 'Choose one of the presets that the message lists.',
  },
  'invalid-object': {
    cause: 'The object does not have the shape of a Pod: a list where a map belongs, a number where a text belongs.',
    cure: 'Correct the field that the message names; kubectl explain shows its type.',
  },
  'no-container': {
    cause: 'The Pod has no container, or buildless.dev/container names one that is not there.',
    cure: 'Name an existing container.',
  },
  'ambiguous-container': {
    cause: 'The Pod has several containers, none is called "function", and not exactly one has "image: auto".',
    cure: 'Call one "function" or name it with buildless.dev/container.',
  },
  'unsupported-os': {
    cause:
      'The Pod asks for nodes of another operating system, by spec.os, a node selector or an affinity; the runtimes are Linux images.',
    cure: 'Remove the field that the message names, or set it to linux.',
  },
  'source-not-found': {
    cause: "The ConfigMap that holds the Function's source does not exist.",
    cure: 'Create it in the same namespace, or point buildless.dev/source at the one that exists.',
  },
  'source-invalid': {
    cause:
      'The source cannot be turned into files: a key that climbs out of the folder, two keys for one file, an empty source.',
    cure: 'Rename the key; ".." in a ConfigMap key stands for "/".',
  },
  'source-unreachable': {
    cause: 'The webhook could not read the source in time (the API server did not answer it).',
    cure: "Try again; if it stays, see the webhook's readiness and its log.",
  },
  'revision-not-found': {
    cause:
      'The Pod template names a revision that is not stored (somebody deleted it, or it was never made), and the source has other files by now. The Pod is refused, as running other files would mix revisions.',
    cure: 'Wait for the rollout of the new files, which "buildless status" shows; or apply the workload again without the annotation buildless.dev/revision.',
  },
  'namespace-unreachable': {
    cause:
      "The webhook has not seen the Pod's Namespace yet and could not ask for it; its labels decide whether it opted in and what its dependency policy is.",
    cure: "Try again; if it stays, see the webhook's readiness and its log.",
  },
  'handler-not-found': {
    cause: 'The file that buildless.dev/handler names is not in the source.',
    cure: 'Name one of the files that the message lists, as FILE.EXPORT without the extension.',
  },
  'reserved-name': {
    cause:
      'The Pod itself uses a name that begins with "buildless-", or an annotation buildless.dev/status that is not ours.',
    cure: 'Rename it: everything with this prefix belongs to the injection.',
  },
  'reserved-path': {
    cause: 'The Pod mounts something of its own at or below /buildless.',
    cure: 'Mount it elsewhere.',
  },
  'port-contradiction': {
    cause: "The Function's port cannot be known, or is given twice with different values.",
    cure: 'Give it once: as the containerPort named "http", or as a plain value of FUNC_PORT or PORT.',
  },
  'security-contradiction': {
    cause: 'The Pod explicitly asks for something that Pod Security "restricted" forbids.',
    cure: 'Remove the field, or set it to the value that the message names; what is left unset is filled.',
  },
  'dependencies-float': {
    cause: 'A dependency would be resolved anew on the day that each Pod starts, so replicas drift apart.',
    cure: 'Write the version that the message asks for, or add a lock file.',
  },
  'dependencies-invalid': {
    cause:
      'package.json, requirements.txt, a lock or .npmrc holds what npm or pip cannot read, or names a place or a setting that is not allowed.',
    cure: 'Correct the line that the message names.',
  },
  'installer-unfit': {
    cause: 'The installer that buildless.dev/installer chooses cannot install the source as npm or pip would read it.',
    cure: 'Correct what the message names, or choose npm or pip.',
  },
  'scripts-denied': {
    cause:
      'A dependency can be installed only by running programs of its own (npm: a Git dependency), and install scripts are denied.',
    cure: 'Use a version from a registry, or set buildless.dev/install-scripts: allow if you trust the package.',
  },
  'credential-in-source': {
    cause: "A token or a password stands in the Function's source, which more people can read than a Secret.",
    cure: 'Have it replaced, and put the new one into a Secret that buildless.dev/registry names.',
  },
  'too-complex': {
    cause:
      'The dependency files of the source take more work to read than any Function needs, so that they are not judged: one author must not stop the webhook for all.',
    cure: 'Make the file that the message names smaller; the message names the limit.',
  },
  'too-busy': {
    cause:
      'The namespace asks for more reviews at once than it has room for, or the webhook is overloaded; nothing was judged.',
    cure: 'Try again after a second; controllers do so automatically. If it stays, see docs/operations.md.',
  },
  'unknown-policy-level': {
    cause: 'A label buildless.dev/dependencies-* is put on a Namespace with a value that is no level.',
    cure: 'Set it to off, no-latest, exact or locked.',
  },
  'not-injected': {
    cause: 'A Function reached the end of admission without having been injected, so it would run without its code.',
    cure: 'See that the mutating webhook is registered and reachable, then create the Pod again.',
  },
  'source-floats': {
    cause:
      'A Git source names no full commit, or an image source no digest or version, so replicas differ once it moves.',
    cure: 'Write the whole commit, or add the digest of the image.',
  },
  'image-floats': {
    cause: "The image of the Function's own container has no version, or at the level locked no digest.",
    cure: 'Write a tag with a version, or add a digest; "image: auto" takes what the configuration names.',
  },
  'image-auto': {
    cause: 'An update would set the image of a running Function to the marker "auto", which no kubelet can pull.',
    cure: 'Apply it again when the mutating webhook answers, or use a Deployment.',
  },
  'injected-otherwise': {
    cause: 'The Pod carries an injection that it would not get now: of another version or namespace, or edited since.',
    cure: 'Apply the template as it was before the injection, or render it again with this version.',
  },
  'comments-would-be-lost': {
    cause: 'The command can write a document in braces only without its comments, so it writes nothing.',
    cure: 'Write it as block YAML, or remove the comments.',
  },
  'not-a-review': {
    cause: 'The request is no AdmissionReview of admission.k8s.io/v1.',
    cure: 'Only an API server should call this address.',
  },
  'internal-error': {
    cause: 'A fault of Buildless itself; its log has the trace under the same uid.',
    cure: 'Please report it with the log line.',
  },
} as const satisfies Record<string, OutcomeDescription>;

export type RefusalCode = keyof typeof REFUSALS;

/** Advice that does not stop anything; shown by kubectl as "Warning:". */
export const WARNINGS = {
  'source-unlabelled': {
    cause:
      'The ConfigMap of the source has no label buildless.dev/function, so a bad edit of it is not stopped when it is made.',
    cure: 'Label the ConfigMap.',
  },
  'source-missing-yet': {
    cause: 'A template was admitted before its source exists; its Pods are refused until it does.',
    cure: 'Create the ConfigMap.',
  },
  'revision-missing-yet': {
    cause:
      'A template names a revision that is not stored, and the source has other files; its Pods are refused until the revision is there or the template is rolled out again.',
    cure: 'Remove the annotation buildless.dev/revision from the template that you apply; Buildless writes it.',
  },
  'revision-kept': {
    cause:
      'A manifest brings the annotation buildless.dev/revision, from an export or of a revision that does not exist; the workload keeps the one that it has.',
    cure: 'Remove the annotation from the manifest; Buildless writes it.',
  },
  'revision-ignored': {
    cause:
      'The annotation buildless.dev/revision names the revision of another source than the template has, so the source is run as it is when a Pod starts.',
    cure: 'Remove the annotation from the template that you apply; Buildless writes it.',
  },
  'misspelt-key': {
    cause: 'A label or an annotation is nearly one of ours, such as `buildles.dev/function`; it means nothing.',
    cure: 'Write the key that the message names.',
  },
  'key-without-function': {
    cause:
      'A key under buildless.dev/ is on an object that makes Pods, and none of its Pod templates has the label buildless.dev/function: most often the label is on the Deployment instead of its template.',
    cure: 'Move it to the metadata of the Pod template, with the label.',
  },
  'image-auto-without-function': {
    cause: '`image: auto` is in a Pod template without the label buildless.dev/function, so nothing replaces it.',
    cure: 'Add the label to the Pod template, or name an image.',
  },
  'handler-ignored': {
    cause: 'The container has its own command or args, so the HTTP server and the handler are not used.',
    cure: 'Remove buildless.dev/handler, or the command.',
  },
  'server-in-job': {
    cause: 'A Pod that is meant to end (restartPolicy Never or OnFailure) runs the HTTP server, which does not.',
    cure: 'Give the container a command.',
  },
  'port-shared': {
    cause: "Another container of the Pod declares the Function's port; containers of one Pod share their ports.",
    cure: 'Move one of the two.',
  },
  'port-name-taken': {
    cause: 'A port named "http" exists in the Pod and is not the one on which the Function listens.',
    cure: "No action needed if Services are meant to reach that port; else use the Function's port by number.",
  },
  'port-privileged': {
    cause: 'The Function listens below port 1024, which not every node allows to a user other than root.',
    cure: 'Use a port from 1024 on, or set the sysctl net.ipv4.ip_unprivileged_port_start in the Pod.',
  },
  'profile-narrowed': {
    cause: 'A LimitRange of the namespace does not admit what the resource preset asks for; the nearest value is used.',
    cure: 'Choose another preset, or set resources of the container.',
  },
  'quota-unmet': {
    cause: 'A ResourceQuota counts a resource that a container does not set; the API server refuses such Pods.',
    cure: 'Set the resource, or choose a preset that has it.',
  },
  'search-path-kept': {
    cause: 'The container sets PYTHONPATH or NODE_PATH itself, so the installed dependencies are not put on it.',
    cure: 'Add the folder that the message names to it.',
  },
  'runtime-deprecated': {
    cause: 'The runtime is close to, or past, its end of life.',
    cure: 'Move to the runtime that the message names.',
  },
  'dependencies-float': {
    cause: 'A dependency floats at the level that the namespace asks to be warned about.',
    cure: 'Write the version that the message asks for, or add a lock file.',
  },
  'dependencies-invalid': {
    cause:
      'A dependency file cannot be read as npm or pip would, at the level that the namespace asks to be warned about.',
    cure: 'Correct the line that the message names.',
  },
  'credential-in-source': {
    cause: "A token or a password stands in the Function's source, which more people can read than a Secret.",
    cure: 'Have it replaced, and put the new one into a Secret that buildless.dev/registry names.',
  },
  'too-complex': {
    cause:
      'The dependency files of the source take more work to read than any Function needs, so that they are not judged.',
    cure: 'Make the file that the message names smaller; the message names the limit.',
  },
  'source-floats': {
    cause: 'A Git source names no full commit, or an image source no digest, so replicas differ once it moves.',
    cure: 'Write the whole commit, or add the digest of the image; the level locked refuses it.',
  },
  'image-floats': {
    cause: "The image of the Function's own container has no version, or no digest where the namespace warns of that.",
    cure: 'Write a tag with a version, or add a digest.',
  },
  'source-unreachable': {
    cause:
      'The webhook could not read the source of a template in time, so the template was admitted without a look at it.',
    cure: 'Nothing to do; its Pods are judged when they are made.',
  },
  'namespace-unreachable': {
    cause:
      'The webhook could not read the Namespace of a template in time, so the template was admitted without a look at it.',
    cure: 'Nothing to do; its Pods are judged when they are made.',
  },
  'policy-floor': {
    cause:
      "A namespace label asks to enforce a level that is looser than the configuration's floor; the floor is used.",
    cure: 'Set it to the floor or a stricter level, or have the administrator exempt the namespace.',
  },
  'unknown-label': {
    cause: 'A label under buildless.dev/ on a Namespace means nothing, most often a typing error.',
    cure: 'Use the name or value that the message suggests.',
  },
  'existing-pods': {
    cause:
      'New labels of a Namespace would refuse Pods that run there now, were they created again. At most 300 Pods and 50 sources are looked at; Git and image sources are not.',
    cure: 'Lock the Functions that the message names, or move the other workloads; what runs is left alone.',
  },
  'unknown-policy-level': {
    cause: 'A namespace label buildless.dev/dependencies-* has a value that is no level; the strictest is used.',
    cure: 'Set it to off, no-latest, exact or locked.',
  },
} as const satisfies Record<string, OutcomeDescription>;

export type WarningCode = keyof typeof WARNINGS;
