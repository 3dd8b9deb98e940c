package dev.weir.cluster;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.python.util.PythonDependencyUtils;

/** What {@code mvn package} left in the build folder, for processes of their own. */
final class BuiltClasspath {
  // Third-party jars that Flink's own distribution carries inside flink-dist, as folders of the
  // local repository.
  private static final List<String> IN_FLINK_DIST =
      List.of(
          "/org/apache/flink/", "/org/apache/logging/log4j/log4j-api/",
          "/org/apache/logging/log4j/log4j-core/", "/com/esotericsoftware/",
          "/org/objenesis/", "/org/javassist/",
          "/org/snakeyaml/", "/com/ververica/",
          "/tools/profiler/", "/com/google/code/findbugs/",
          "/org/apache/commons/", "/commons-",
          "/lz4-java/", "/snappy-java/");
  // These come with the job, never with the cluster; a copy in lib/ would hide a job jar that lacks
  // them.
  private static final List<String> IN_JOB_JAR =
      List.of("/flink-connector-base/", "/flink-connector-kafka/", "/flink-avro/");
  private static final List<String> FOR_SQL =
      List.of(
          "/org/apache/flink/flink-table-", "/org/apache/flink/flink-sql-",
          "/org/apache/flink/flink-cep/", "/org/apache/flink/flink-json/",
          "/flink-connector-base/", "/flink-connector-kafka/",
          "/flink-avro/", "/org/apache/avro/",
          "/kafka-clients/", "/com/fasterxml/jackson/core/");
  private static final List<String> OF_AVRO = List.of("/flink-avro/", "/org/apache/avro/");
  // Neighbours of the broker that share a prefix with the above.
  private static final List<String> OF_THE_BROKER =
      List.of(
          "/commons-validator/", "/commons-beanutils/", "/commons-digester/", "/commons-logging/");

  private static final List<String> OF_THE_PAGE = List.of("/org/eclipse/jetty/", "/io/javalin/");

  private final Path target;
  private final List<Path> more; // beside the cluster's own

  BuiltClasspath(Path target) {
    this(target, List.of());
  }

  private BuiltClasspath(Path target, List<Path> more) {
    this.target = target.toAbsolutePath();
    this.more = more;
  }

  /**
   * As Flink's distribution is for SQL: with the planner, and with Kafka and Avro put into its lib
   * folder by somebody. The jars are those of the test's own class path.
   */
  BuiltClasspath withSql() throws IOException {
    String all =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<Path> jars = new ArrayList<>();
    Stream.of(all.split(File.pathSeparator))
        .map(Path::of)
        .filter(jar -> matches(jar, FOR_SQL))
        .forEach(jars::add);
    jars.add(folderOf(PythonDependencyUtils.class));
    jars.add(folderOf(StatementFile.class));
    return new BuiltClasspath(target, jars);
  }

  /**
   * As {@link #withSql()}, with more jars in the lib folder, which bring an Avro of their own under
   * another name.
   */
  BuiltClasspath withSql(List<Path> lib) throws IOException {
    Stream<Path> others = withSql().more.stream().filter(jar -> !matches(jar, OF_AVRO));
    return new BuiltClasspath(target, Stream.concat(others, lib.stream()).toList());
  }

  /** Flink's format for a schema registry in one jar, as users put it into the lib folder. */
  Path avroConfluent() {
    Path jar = target.resolve("cluster-sql/flink-sql-avro-confluent-registry.jar");
    if (!Files.exists(jar)) {
      throw new IllegalStateException(
          "Flink's avro-confluent: expected " + jar + ", found none; run mvn verify -P slow");
    }
    return jar;
  }

  /** A folder with classes of the tests, this one among them, and nothing else of ours. */
  private Path folderOf(Class<?> type) throws IOException {
    String entry = type.getName().replace('.', '/') + ".class";
    Path folder = target.resolve("cluster/classes-of-sql");
    Path file = folder.resolve(entry);
    Files.createDirectories(file.getParent());
    try (InputStream in = type.getClassLoader().getResourceAsStream(entry)) {
      Files.write(file, in.readAllBytes());
    }
    return folder;
  }

  /** The build that runs the tests: where the job jar lies, else {@code target}. */
  static BuiltClasspath ofThisBuild() {
    String jar = System.getProperty("job.jar");
    return new BuiltClasspath(
        jar == null ? Path.of("target") : Path.of(jar).toAbsolutePath().getParent());
  }

  Path target() {
    return target;
  }

  /** The shaded jar that {@code flink run} takes. */
  Path jobJar() {
    Path jar =
        Path.of(System.getProperty("job.jar", target.resolve("weir-0.1.0-job.jar").toString()));
    if (!Files.exists(jar)) {
      throw new IllegalStateException(
          "job jar: expected " + jar + ", found none; run mvn package first");
    }
    return jar.toAbsolutePath();
  }

  /**
   * What the launcher runs with: our classes, everything that we ship and everything that a cluster
   * would bring.
   */
  List<Path> launcher() {
    List<Path> all = new ArrayList<>();
    all.add(target.resolve("cli/classes"));
    all.addAll(list("classpath.txt"));
    return all;
  }

  /**
   * The content of a Flink cluster's lib folder: Flink, its libraries and log4j behind slf4j 1.7,
   * without ours, Kafka's or Avro's.
   */
  List<Path> cluster() {
    Stream<Path> libraries = list("classpath.txt").stream().filter(this::isOfFlink);
    Stream<Path> own = Stream.concat(clusterLogging().stream(), libraries);
    return Stream.concat(own, more.stream()).distinct().toList();
  }

  private boolean isOfFlink(Path jar) {
    return matches(jar, IN_FLINK_DIST)
        && !matches(jar, IN_JOB_JAR)
        && !matches(jar, OF_THE_BROKER)
        && !matches(jar, OF_THE_PAGE);
  }

  /** Ours is slf4j 2, which Javalin wants; a cluster has another. */
  private List<Path> clusterLogging() {
    try (Stream<Path> jars = Files.list(target.resolve("cluster-logging"))) {
      List<Path> found = jars.toList();
      if (found.size() != 2) {
        throw new IllegalStateException("a cluster's logging: expected two jars, got " + found);
      }
      return found;
    } catch (IOException e) {
      throw new IllegalStateException(
          "a cluster's logging: expected jars in target/cluster-logging; run mvn verify", e);
    }
  }

  private static boolean matches(Path jar, List<String> parts) {
    return parts.stream().anyMatch(jar.toString()::contains);
  }

  private List<Path> list(String file) {
    Path list = target.resolve(file);
    try {
      return Stream.of(Files.readString(list).strip().split(File.pathSeparator))
          .map(Path::of)
          .toList();
    } catch (IOException e) {
      throw new IllegalStateException(
          "class path: expected " + list + ", cannot read it; run mvn package first", e);
    }
  }
}
