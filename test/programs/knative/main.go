// What Knative Serving itself makes of a Service: its webhook's defaults and validation, then the Deployment that its controller
// makes of the first revision. Knative's own code, called without a cluster; see ../go-program.ts.
//
// Reads a line of JSON for each Service, {"service": ..., "features": {...}} with the keys of the ConfigMap config-features, and prints
// one, {"refused": "..."} or {"service": ..., "deployment": ...}.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"log"
	"os"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	network "knative.dev/networking/pkg/config"
	"knative.dev/pkg/apis"
	"knative.dev/pkg/logging"
	"knative.dev/pkg/metrics"
	tracing "knative.dev/pkg/tracing/config"
	"knative.dev/serving/pkg/apis/config"
	v1 "knative.dev/serving/pkg/apis/serving/v1"
	"knative.dev/serving/pkg/deployment"
	configuration "knative.dev/serving/pkg/reconciler/configuration/resources"
	revisionconfig "knative.dev/serving/pkg/reconciler/revision/config"
	revision "knative.dev/serving/pkg/reconciler/revision/resources"
	service "knative.dev/serving/pkg/reconciler/service/resources"
)

type question struct {
	Service  v1.Service        `json:"service"`
	Features map[string]string `json:"features"`
}

type answer struct {
	Refused    string             `json:"refused,omitempty"`
	Service    *v1.Service        `json:"service,omitempty"`
	Deployment *appsv1.Deployment `json:"deployment,omitempty"`
}

func main() {
	// As in its own Deployment: the proxy is told.
	must(os.Setenv("SYSTEM_NAMESPACE", "knative-serving"))
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 4<<20)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		must(out.Encode(answerTo(lines.Bytes())))
	}
	must(lines.Err())
}

func answerTo(line []byte) answer {
	var asked question
	if err := json.Unmarshal(line, &asked); err != nil {
		return answer{Refused: err.Error()}
	}
	features := check(config.NewFeaturesConfigFromMap(asked.Features))
	defaults := check(config.NewDefaultsConfigFromMap(nil))
	settings := &config.Config{Features: features, Defaults: defaults}
	ctx := apis.WithinCreate(config.ToContext(context.Background(), settings))
	asked.Service.SetDefaults(ctx)
	// What is only warned of is none of ours.
	if err := asked.Service.Validate(ctx).Filter(apis.ErrorLevel); err != nil {
		return answer{Refused: err.Error()}
	}
	asked.Service.Generation = 1
	made := configuration.MakeRevision(ctx, withGeneration(service.MakeConfiguration(&asked.Service)), time.Unix(0, 0).UTC())
	return answer{Service: &asked.Service, Deployment: check(revision.MakeDeployment(made, revisionSettings(settings)))}
}

func withGeneration(made *v1.Configuration) *v1.Configuration {
	made.Generation = 1
	return made
}

func revisionSettings(settings *config.Config) *revisionconfig.Config {
	return &revisionconfig.Config{
		Config:        settings,
		Deployment:    check(deployment.NewConfigFromMap(map[string]string{"queue-sidecar-image": "gcr.io/knative-releases/queue:v1.15.2"})),
		Logging:       check(logging.NewConfigFromMap(nil)),
		Network:       check(network.NewConfigFromMap(nil)),
		Observability: check(metrics.NewObservabilityConfigFromConfigMap(&corev1.ConfigMap{})),
		Tracing:       tracing.NoopConfig(),
	}
}

func check[Value any](value Value, err error) Value {
	must(err)
	return value
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
