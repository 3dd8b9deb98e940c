package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.kubernetes.operator.api.spec.FlinkDeploymentSpec;
import org.apache.flink.kubernetes.operator.api.spec.JobState;
import org.apache.flink.kubernetes.operator.api.spec.UpgradeMode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * What jobs/kubernetes says, read by the operator's own classes and those of Kubernetes' pods, each
 * field known and each enum's value one of its own; and that it is true of the rest of the project.
 * Nothing is deployed here.
 */
class KubernetesManifestTest {

  /** The newest that the operator's classes of the tests know; ours is compared with our build. */
  private static final String KNOWN_VERSION = "v1_20";

  /**
   * Fields that are not known are passed over by the operator and kept for later by Fabric8, and
   * Jackson takes a number for a text; a cluster refuses them, and so does this.
   */
  static final ObjectMapper STRICT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Textual,
              text ->
                  text.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail))
          .annotationIntrospector(
              new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                  return false;
                }

                @Override
                public JsonIgnoreProperties.Value findPropertyIgnoralByName(
                    MapperConfig<?> config, Annotated annotated) {
                  return super.findPropertyIgnoralByName(config, annotated).withoutIgnoreUnknown();
                }
              })
          .build();

  private static ConfigMap configMap;
  private static ObjectNode deployment;
  private static FlinkDeploymentSpec spec;

  @TempDir private Path dir;

  @BeforeAll
  static void read() throws IOException {
    List<JsonNode> documents = documents("weir.yaml");
    assertThat(documents)
        .extracting(d -> d.get("apiVersion").textValue() + " " + d.get("kind").textValue())
        .containsExactly("v1 ConfigMap", "flink.apache.org/v1beta1 FlinkDeployment");
    configMap = STRICT.treeToValue(documents.get(0), ConfigMap.class);
    deployment = (ObjectNode) documents.get(1);
    spec = spec(deployment);
  }

  private static List<JsonNode> documents(String file) throws IOException {
    return parsed(Files.readString(Path.of("jobs", "kubernetes", file)));
  }

  private static List<JsonNode> parsed(String text) {
    List<JsonNode> documents = new ArrayList<>();
    for (Object document : new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(text)) {
      documents.add(STRICT.valueToTree(document));
    }
    return documents;
  }

  private static FlinkDeploymentSpec spec(JsonNode deployment) throws JsonProcessingException {
    ObjectNode spec = deployment.get("spec").deepCopy();
    spec.put("flinkVersion", KNOWN_VERSION);
    return STRICT.treeToValue(spec, FlinkDeploymentSpec.class);
  }

  private static Container main() {
    List<Container> containers = spec.getPodTemplate().getSpec().getContainers();
    assertThat(containers).extracting(Container::getName).containsExactly("flink-main-container");
    return containers.get(0);
  }

  @Test
  void theDeploymentIsOneThatTheOperatorKnows() throws Exception {
    assertThat(deployment.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("apiVersion", "kind", "metadata", "spec");
    ObjectMeta metadata = STRICT.treeToValue(deployment.get("metadata"), ObjectMeta.class);
    assertThat(metadata.getName())
        .matches("[a-z]([-a-z0-9]{0,43}[a-z0-9])?"); // the operator's rule
    assertThat(spec.getJob().getUpgradeMode()).isEqualTo(UpgradeMode.SAVEPOINT);
    assertThat(spec.getJob().getState()).isEqualTo(JobState.RUNNING);
    assertThat(spec.getFlinkConfiguration())
        .containsEntry("high-availability.type", "kubernetes")
        .containsKeys(
            "high-availability.storageDir",
            "execution.checkpointing.dir",
            "execution.checkpointing.savepoint-dir");
  }

  /** So that the test above can fail. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/job | upgradeMode | \"savepoints\" | not one of the values accepted",
        "/job | state | \"paused\" | not one of the values accepted",
        "/job | jarUri | \"x\" | Unrecognized field",
        "/job | parallelism | \"two\" | Cannot coerce",
        "'' | taskManagers | {} | Unrecognized field",
        "'' | mode | \"session\" | not one of the values accepted",
        "/jobManager/resource | ram | \"1g\" | Unrecognized field",
        "/podTemplate/spec | container | [] | Unrecognized field",
        "/podTemplate/spec/containers/0 | volumeMount | [] | Unrecognized field",
        "/podTemplate/spec/containers/0/env/0/valueFrom | secretRef | {} | Unrecognized field",
        "/podTemplate/metadata/annotations | prometheus.io/scrape | true | Cannot coerce",
        "/flinkConfiguration | taskmanager.numberOfTaskSlots | 2 | Cannot coerce",
      })
  void aFieldOrValueThatTheOperatorDoesNotKnowIsRefused(
      String at, String field, String json, String message) throws Exception {
    ObjectNode wrong = deployment.deepCopy();
    ((ObjectNode) wrong.get("spec").at(at)).set(field, new ObjectMapper().readTree(json));
    assertThatThrownBy(() -> spec(wrong))
        .isInstanceOf(JsonProcessingException.class)
        .hasMessageContaining(message);
  }

  @Test
  void flinkIsTheOneThatWeBuildAgainst() throws Exception {
    Matcher version =
        Pattern.compile("<flink\\.version>(\\d+)\\.(\\d+)\\.")
            .matcher(Files.readString(Path.of("pom.xml")));
    assertThat(version.find()).isTrue();
    assertThat(deployment.at("/spec/flinkVersion").textValue())
        .isEqualTo("v%s_%s".formatted(version.group(1), version.group(2)));
  }

  @Test
  void theJarIsWhereTheImageHasItAndItsClassIsOurs() throws Exception {
    String inside = spec.getJob().getJarURI().replaceFirst("^local://", "");
    assertThat(Files.readString(Path.of("src", "docker", "Dockerfile")))
        .contains(
            "COPY --from=archive /weir-${VERSION}/weir-${VERSION}-job.jar " + inside + "\n",
            "USER " + spec.getPodTemplate().getSpec().getSecurityContext().getRunAsUser() + ":");
    assertThat(Files.readString(Path.of("src", "flink", "pom.xml")))
        .contains("<shadedClassifierName>job</shadedClassifierName>")
        .contains("<mainClass>" + spec.getJob().getEntryClass() + "</mainClass>");
    assertThat(spec.getJob().getEntryClass()).isEqualTo(ForecastJob.class.getName());
  }

  @Test
  void theJobFileOfTheConfigMapIsWhereTheJobLooksForItAndParses() throws Exception {
    Volume volume = spec.getPodTemplate().getSpec().getVolumes().get(0);
    VolumeMount mount = main().getVolumeMounts().get(0);
    assertThat(volume.getConfigMap().getName()).isEqualTo(configMap.getMetadata().getName());
    assertThat(mount.getName()).isEqualTo(volume.getName());
    for (Map.Entry<String, String> file : configMap.getData().entrySet()) {
      Files.writeString(dir.resolve(file.getKey()), file.getValue());
    }
    List<String> args = new ArrayList<>();
    for (String word : spec.getJob().getArgs()) {
      args.add(word.replace(mount.getMountPath(), dir.toString()));
    }
    assertThat(args.get(1)).startsWith(dir.toString());
    args.add("--dry-run");
    assertThatCode(() -> ForecastJob.main(args.toArray(String[]::new))).doesNotThrowAnyException();
  }

  @Test
  void eachVariableThatTheJobFileNamesComesFromASecretAndNoneIsWrittenDown() throws Exception {
    Matcher named = Pattern.compile("\\$\\{env:(\\w+)}").matcher(configMap.getData().toString());
    List<String> names = new ArrayList<>();
    while (named.find()) {
      names.add(named.group(1));
    }
    assertThat(names).isNotEmpty();
    assertThat(main().getEnv()).extracting(EnvVar::getName).containsAll(names);
    assertThat(main().getEnv())
        .allMatch(env -> env.getValue() == null && env.getValueFrom().getSecretKeyRef() != null);
    PodSpec pod = spec.getPodTemplate().getSpec();
    assertThat(Files.readString(Path.of("docs", "containers.md")))
        .contains("generic " + main().getEnv().get(0).getValueFrom().getSecretKeyRef().getName());
    assertThat(pod.getContainers()).hasSize(1);
  }

  @Test
  void prometheusIsSentToThePortOnWhichTheReporterListens() throws Exception {
    String port = spec.getFlinkConfiguration().get("metrics.reporter.prom.port");
    assertThat(spec.getPodTemplate().getMetadata().getAnnotations())
        .containsEntry("prometheus.io/port", port);
    assertThat(main().getPorts().get(0).getContainerPort()).hasToString(port);
  }

  @Test
  void webhookRunsTheImageWithTheJobsFileAndSecrets() throws Exception {
    JsonNode webhook = documents("webhook.yaml").get(0);
    assertThat(webhook.at("/apiVersion").textValue()).isEqualTo("apps/v1");
    assertThat(webhook.at("/spec/selector/matchLabels"))
        .isEqualTo(webhook.at("/spec/template/metadata/labels"));
    assertThat(webhook.get("spec").fieldNames())
        .toIterable()
        .containsExactly("replicas", "selector", "template");
    PodSpec pod = STRICT.treeToValue(webhook.at("/spec/template"), PodTemplateSpec.class).getSpec();
    Container container = pod.getContainers().get(0);
    assertThat(container.getImage()).isEqualTo(spec.getImage().replace("weir-job", "weir"));
    assertThat(container.getEnv()).isEqualTo(main().getEnv());
    assertThat(pod.getVolumes().get(0))
        .isEqualTo(spec.getPodTemplate().getSpec().getVolumes().get(0));
    assertThat(container.getArgs())
        .containsExactly(
            "webhook",
            "job.yaml",
            "--metrics",
            "0.0.0.0:" + container.getPorts().get(0).getContainerPort());
    assertThat(container.getPorts().get(0).getName()).isEqualTo(main().getPorts().get(0).getName());
    assertThat(configMap.getData()).containsOnlyKeys("job.yaml");
    assertThat(Files.readString(Path.of("src", "docker", "Dockerfile")))
        .contains(
            "WORKDIR " + container.getVolumeMounts().get(0).getMountPath() + "\n",
            "USER %1$s:%1$s\n".formatted(pod.getSecurityContext().getRunAsUser()));
  }

  @Test
  void prometheusOperatorScrapesThePodsAndHasTheAlertsOfTheRules() throws Exception {
    Matcher command =
        Pattern.compile("kubectl apply -f <\\((.*conf/prometheus.*)\\)\\n")
            .matcher(Files.readString(Path.of("docs", "containers.md")));
    assertThat(command.find()).isTrue();
    Process shell = new ProcessBuilder("bash", "-c", command.group(1)).start();
    List<JsonNode> documents =
        parsed(new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    assertThat(documents)
        .extracting(d -> d.get("apiVersion").textValue() + " " + d.get("kind").textValue())
        .containsExactly(
            "monitoring.coreos.com/v1 PodMonitor", "monitoring.coreos.com/v1 PrometheusRule");
    String port = main().getPorts().get(0).getName();
    assertThat(documents.get(0).get("spec"))
        .hasToString(
            "{\"selector\":{\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"In\",\"values\":[%s,%s]}]},\"podMetricsEndpoints\":[{\"port\":\"%s\",\"interval\":\"15s\"}]}"
                .formatted(
                    deployment.at("/metadata/name"),
                    documents("webhook.yaml").get(0).at("/spec/selector/matchLabels/app"),
                    port));
    assertThat(documents.get(1).get("spec"))
        .isEqualTo(parsed(Files.readString(Path.of("conf/prometheus/weir.rules.yml"))).get(0));
  }

  /** What depends on where a cluster runs may differ, and nothing else. */
  @Test
  void flinksSettingsAreThoseThatWeTestWith() throws Exception {
    Map<String, String> tested = GlobalConfiguration.loadConfiguration("conf").toMap();
    Map<String, String> here = new LinkedHashMap<>(spec.getFlinkConfiguration());
    for (Map<String, String> settings : List.of(tested, here)) {
      settings
          .keySet()
          .removeIf(
              key ->
                  key.matches(
                      "(jobmanager|rest)\\..*|taskmanager\\.bind-host|.*memory\\.process\\.size"
                          + "|parallelism\\.default|high-availability\\..*"
                          + "|execution\\.checkpointing\\.(dir|savepoint-dir)"
                          + "|metrics\\.reporter\\.prom\\.port"
                          + "|env\\.java\\.default-opts\\..*")); // the image's own
    }
    assertThat(here).containsExactlyInAnyOrderEntriesOf(tested);
    assertThat(here).containsEntry("taskmanager.jvm-exit-on-oom", "true");
  }
}
