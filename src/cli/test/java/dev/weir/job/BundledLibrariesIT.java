package dev.weir.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;

/** The shaded jars have the licenses of what they hold, and run without other jars. */
class BundledLibrariesIT {

  /** Their licenses ask for it; the others are of the Apache license, or name theirs in NOTICE. */
  @ParameterizedTest
  @CsvSource({
    "job.jar, jaxb jakarta-activation jakarta-xml-bind threeten-extra protobuf-java zstd-jni",
    "sql.jar, jaxb jakarta-activation jakarta-xml-bind threeten-extra"
  })
  void theJarHasTheLicensesOfItsLibraries(String property, String libraries) throws Exception {
    try (ZipFile zip = new ZipFile(System.getProperty(property))) {
      for (String name : libraries.split(" ")) {
        assertThat(text(zip, "META-INF/licenses/" + name + ".txt"))
            .as(name)
            .containsIgnoringCase("redistribution and use in source and binary forms");
      }
    }
  }

  /** Not those of a library whose files happened to have the same names. */
  @ParameterizedTest
  @ValueSource(strings = {"job.jar", "sql.jar"})
  void licenseAndNoticeAreOurs(String property) throws Exception {
    try (ZipFile zip = new ZipFile(System.getProperty(property))) {
      assertThat(text(zip, "META-INF/LICENSE")).isEqualTo(Files.readString(Path.of("LICENSE")));
      assertThat(text(zip, "META-INF/NOTICE"))
          .contains("in this case for Weir\n", "Copyright 2026 The maintainers of Weir")
          .contains("FastDoubleParser")
          .doesNotContain("[//]: #");
      assertThat(zip.stream().map(ZipEntry::getName))
          .doesNotContain("LICENSE", "NOTICE")
          .noneMatch(name -> name.matches("META-INF/(LICENSE|NOTICE)\\..*"));
      if (property.equals("job.jar")) {
        assertThat(text(zip, "META-INF/licenses/kafka-clients.txt")).startsWith("Apache Kafka\n");
      }
    }
  }

  @Test
  void theJarsWithoutLibrariesHaveLicenseAndNotice() throws Exception {
    Path job = Path.of(System.getProperty("job.jar"));
    String name = job.getFileName().toString().replace("-job.jar", ".jar");
    for (Path jar :
        List.of(
            job.resolveSibling("core").resolve(name.replace("weir-", "weir-core-")),
            job.resolveSibling("flink").resolve(name),
            job.resolveSibling("cli").resolve(name.replace("weir-", "weir-cli-")))) {
      try (ZipFile zip = new ZipFile(jar.toFile())) {
        for (String text : List.of("LICENSE", "NOTICE")) {
          assertThat(text(zip, "META-INF/" + text))
              .as("%s %s", jar, text)
              .isEqualTo(Files.readString(Path.of(text)));
        }
      }
    }
  }

  private static String text(ZipFile zip, String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    assertThat(entry).as(name).isNotNull();
    return new String(zip.getInputStream(entry).readAllBytes(), UTF_8);
  }

  /**
   * As a cluster runs it: only Flink's logging beside the jar, and a thread that knows nothing of
   * the jar, as that of a SQL session into which it was added.
   */
  @ParameterizedTest
  @ValueSource(strings = {"job.jar", "sql.jar"})
  void theJarAloneKnowsHolidays(String property) throws Exception {
    Path slf4j = Path.of(Logger.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    URL[] urls = {Path.of(System.getProperty(property)).toUri().toURL(), slf4j.toUri().toURL()};
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
      Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
      Class<?> regions = loader.loadClass("dev.weir.holiday.HolidayRegions");
      Object days = regions.getMethod("days", List.class).invoke(null, List.of("DE-BE"));
      Object is =
          days.getClass()
              .getMethod("contains", long.class)
              .invoke(days, LocalDate.parse("2026-10-03").toEpochDay());
      assertThat(is).isEqualTo(true);
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }
}
