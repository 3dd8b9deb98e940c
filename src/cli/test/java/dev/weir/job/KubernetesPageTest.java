package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.cli.dashboard.DashboardCommand;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** jobs/kubernetes/page.yaml, read as strictly as {@link KubernetesManifestTest} reads the job. */
class KubernetesPageTest {

  private static final ObjectMapper STRICT = KubernetesManifestTest.STRICT;

  private static JsonNode deployment;
  private static PodTemplateSpec template;
  private static Container container;
  private static Service service;

  @BeforeAll
  static void read() throws IOException {
    List<JsonNode> documents = KubernetesManifestTest.documents("page.yaml");
    assertThat(documents)
        .extracting(d -> d.get("apiVersion").textValue() + " " + d.get("kind").textValue())
        .containsExactly("apps/v1 Deployment", "v1 Service");
    deployment = documents.get(0);
    template = STRICT.treeToValue(deployment.at("/spec/template"), PodTemplateSpec.class);
    container = template.getSpec().getContainers().get(0);
    service = STRICT.treeToValue(documents.get(1), Service.class);
  }

  @Test
  void serviceAndDeploymentFindThePod() throws Exception {
    assertThat(deployment.get("spec").fieldNames())
        .toIterable()
        .containsExactly("replicas", "selector", "template");
    LabelSelector selector =
        STRICT.treeToValue(deployment.at("/spec/selector"), LabelSelector.class);
    assertThat(template.getMetadata().getLabels()).isEqualTo(selector.getMatchLabels());
    assertThat(service.getSpec().getSelector()).isEqualTo(selector.getMatchLabels());
    assertThat(service.getSpec().getType()).as("inside the cluster only").isNull();
    assertThat(service.getSpec().getPorts().get(0).getTargetPort().getStrVal())
        .isEqualTo(container.getPorts().get(0).getName());
  }

  @Test
  void commandParsesAndReadsTheJobFileOfTheConfigMap() throws Exception {
    List<String> args = container.getArgs();
    assertThat(args).startsWith("dashboard");
    CommandLine dashboard = new CommandLine(new DashboardCommand());
    String[] options = args.subList(1, args.size()).toArray(String[]::new);
    assertThatCode(() -> dashboard.parseArgs(options)).doesNotThrowAnyException();
    assertThat(container.getArgs())
        .containsSequence("--port", container.getPorts().get(0).getContainerPort().toString());
    VolumeMount mount = container.getVolumeMounts().get(0);
    JsonNode configMap = KubernetesManifestTest.documents("weir.yaml").get(0);
    assertThat(template.getSpec().getVolumes().get(0).getConfigMap().getName())
        .isEqualTo(configMap.at("/metadata/name").textValue());
    String file = args.get(1).substring(mount.getMountPath().length() + 1);
    assertThat(configMap.get("data").has(file)).as(file).isTrue();
  }

  /** Beyond loopback there is a token, and it is in a secret, as is what the job file names. */
  @Test
  void variablesComeFromSecrets() {
    assertThat(container.getEnv())
        .extracting(EnvVar::getName)
        .containsExactly("KAFKA_USER", "KAFKA_PASSWORD", "WEIR_DASHBOARD_TOKEN");
    assertThat(container.getEnv())
        .allMatch(env -> env.getValue() == null && env.getValueFrom().getSecretKeyRef() != null);
  }

  @Test
  void podIsRestrictedAndHasProbes() throws Exception {
    assertThat(template.getSpec().getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(Files.readString(Path.of("src", "docker", "Dockerfile")))
        .contains("USER " + template.getSpec().getSecurityContext().getRunAsUser() + ":");
    assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
    assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
    assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(container.getVolumeMounts()).extracting(VolumeMount::getMountPath).contains("/tmp");
    assertThat(container.getReadinessProbe().getTcpSocket().getPort().getStrVal())
        .isEqualTo(container.getPorts().get(0).getName());
    assertThat(container.getLivenessProbe().getTcpSocket()).isNotNull();
  }

  @Test
  void imagesHaveTheVersionOfTheBuild() throws Exception {
    String version =
        Files.readString(Path.of("pom.xml"))
            .replaceFirst(
                "(?s).*?<artifactId>weir-parent</artifactId>\\s*<version>([^<]+)<.*", "$1");
    assertThat(container.getImage()).isEqualTo("registry.example.com/weir:" + version);
    assertThat(KubernetesManifestTest.documents("weir.yaml").get(1).at("/spec/image").textValue())
        .isEqualTo("registry.example.com/weir-job:" + version);
  }
}
