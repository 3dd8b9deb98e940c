import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipFile;

/**
 * Writes a CycloneDX SBOM beside each shaded jar: {@code Sbom VERSION ARTIFACTS JAR...}. Lists
 * those of Maven's resolved artifacts that the jar has something of, so that what shading leaves
 * out is left out. The same inputs give the same bytes: no time, and a serial number made of the
 * content.
 */
final class Sbom {

  /** A line of {@code dependency:list} with file names, possibly followed by a module name. */
  private static final Pattern ARTIFACT =
      Pattern.compile(
          "\\s*([^:\\s]+):([^:\\s]+):jar:([^:\\s]+):(?:compile|runtime):(.+?\\.jar)(?:\\s.*)?");

  private record Component(String group, String name, String version, Path file) {
    String purl() {
      return "pkg:maven/%s/%s@%s?type=jar".formatted(group, name, version);
    }

    /** A relocated library still has its Maven description, one without has its classes. */
    boolean isIn(ZipFile jar) throws IOException {
      if (jar.getEntry("META-INF/maven/%s/%s/pom.properties".formatted(group, name)) != null) {
        return true;
      }
      try (ZipFile own = new ZipFile(file.toFile())) {
        return own.stream()
            .map(entry -> entry.getName())
            .filter(entry -> entry.endsWith(".class") && !entry.endsWith("-info.class"))
            .anyMatch(entry -> jar.getEntry(entry) != null);
      }
    }
  }

  private Sbom() {}

  public static void main(String[] args) throws Exception {
    List<Component> resolved = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(args[1]))) {
      // the module's name is colored where Maven colors its log
      Matcher artifact = ARTIFACT.matcher(line.replaceAll("\u001b\\[[\\d;]*m", ""));
      if (artifact.matches()) {
        resolved.add(
            new Component(
                artifact.group(1),
                artifact.group(2),
                artifact.group(3),
                Path.of(artifact.group(4))));
      }
    }
    if (resolved.isEmpty()) {
      throw new IOException(
          args[1] + ": expected artifacts as dependency:list prints them, got none");
    }
    resolved.sort(Comparator.comparing(Component::purl));
    for (int i = 2; i < args.length; i++) {
      Path jar = Path.of(args[i]);
      String name = jar.getFileName().toString().replaceFirst("\\.jar$", "");
      Files.writeString(jar.resolveSibling(name + ".cdx.json"), sbom(args[0], jar, name, resolved));
    }
  }

  private static String sbom(String version, Path jar, String name, List<Component> resolved)
      throws Exception {
    List<Component> inside = new ArrayList<>();
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (Component component : resolved) {
        if (component.isIn(zip)) {
          inside.add(component);
        }
      }
    }
    String classifier = name.substring(name.lastIndexOf('-') + 1);
    String self =
        "pkg:maven/dev.weir/weir@%s?classifier=%s&type=jar".formatted(version, classifier);
    List<String> components = new ArrayList<>();
    for (Component component : inside) {
      components.add(
          component(
              component.group,
              component.name,
              component.version,
              component.purl(),
              component.file));
    }
    String body =
        """
          "metadata": {
            "component": %s
          },
          "components": [
            %s
          ],
          "dependencies": [
            {"ref": "%s", "dependsOn": [%s]}
          ]
        """
            .formatted(
                component("dev.weir", "weir", version, self, jar),
                String.join(",\n    ", components),
                self,
                inside.stream().map(c -> '"' + c.purl() + '"').collect(Collectors.joining(", ")));
    return """
        {
          "bomFormat": "CycloneDX",
          "specVersion": "1.6",
          "serialNumber": "urn:uuid:%s",
          "version": 1,
        %s}
        """
        .formatted(UUID.nameUUIDFromBytes(body.getBytes(StandardCharsets.UTF_8)), body);
  }

  private static String component(String group, String name, String version, String purl, Path file)
      throws Exception {
    String hash =
        HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    return """
        {"type": "library", "bom-ref": "%s", "group": "%s", "name": "%s", "version": "%s", "purl": "%s", \
        "hashes": [{"alg": "SHA-256", "content": "%s"}]}"""
        .formatted(purl, group, name, version, purl, hash);
  }
}
