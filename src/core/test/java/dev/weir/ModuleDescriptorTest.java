package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import dev.weir.model.BuiltInModels;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the module of the core shows to a program that has it on its module path. */
class ModuleDescriptorTest {

  private static final String NAME = "dev.weir.core";
  private static final List<Path> MODULE_PATH =
      List.of(placeOf(BuiltInModels.class), placeOf(JsonFactory.class));

  @TempDir Path dir;

  private static Path placeOf(Class<?> type) {
    return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString()));
  }

  private static ModuleDescriptor descriptor() {
    return ModuleFinder.of(placeOf(BuiltInModels.class)).find(NAME).orElseThrow().descriptor();
  }

  @Test
  void thePublicPackagesAloneAreExported() {
    assertThat(descriptor().exports())
        .extracting(ModuleDescriptor.Exports::source)
        .containsExactlyInAnyOrder("dev.weir.core", "dev.weir.forecast");
    assertThat(descriptor().opens()).isEmpty();
    assertThat(descriptor().isOpen()).isFalse();
  }

  @Test
  void theJdkAndJacksonsParserAreAllThatIsRequired() {
    assertThat(descriptor().requires())
        .extracting(ModuleDescriptor.Requires::name)
        .containsExactlyInAnyOrder(
            "java.base",
            "java.management",
            "jdk.management",
            "jdk.incubator.vector",
            "com.fasterxml.jackson.core");
    Set<String> optional =
        descriptor().requires().stream()
            .filter(r -> r.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC))
            .map(ModuleDescriptor.Requires::name)
            .collect(Collectors.toSet());
    assertThat(optional).containsExactly("jdk.incubator.vector");
  }

  @Test
  void theCompilerRefusesInternalPackages() throws IOException {
    String said =
        compile(
            """
            dev.weir.core.Forecaster one;
            dev.weir.forecast.Forecast next;
            dev.weir.rnn.RnnConfig rnn;
            dev.weir.model.BuiltInModels models;
            dev.weir.forecast.learn.Learner learner;
            dev.weir.classify.Probabilities classes;
            """);
    for (String internal : List.of("rnn", "model", "forecast.learn", "classify")) {
      assertThat(said)
          .contains("\n4 errors\n") // none about what is exported
          .contains(
              "(package dev.weir.%s is declared in module %s, which does not export it"
                  .formatted(internal, NAME));
    }
  }

  /** Compiles a class with fields in a module that requires the core; returns what javac says. */
  private String compile(String fields) throws IOException {
    Path info =
        Files.writeString(
            dir.resolve("module-info.java"), "module p { requires %s; }".formatted(NAME));
    Path type =
        Files.writeString(
            dir.resolve("Program.java"), "package p; class Program { %s }".formatted(fields));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    String out = dir.resolve("out").toString();
    StringWriter said = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      String path =
          MODULE_PATH.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
      List<String> options = List.of("-d", out, "-cp", out, "-p", path);
      compiler
          .getTask(said, files, null, options, null, files.getJavaFileObjects(info, type))
          .call();
    }
    return said.toString();
  }

  /** Resources, Jackson and the JDK's modules are where the module looks for them. */
  @Test
  void aModelIsReadWithinTheModule() throws Exception {
    ModuleLayer boot = ModuleLayer.boot();
    Configuration resolved =
        boot.configuration()
            .resolve(
                ModuleFinder.of(MODULE_PATH.toArray(Path[]::new)), ModuleFinder.of(), Set.of(NAME));
    ModuleLayer.Controller layer =
        ModuleLayer.defineModulesWithOneLoader(
            resolved, List.of(boot), ClassLoader.getPlatformClassLoader());
    Module core = layer.layer().findModule(NAME).orElseThrow();
    layer.addExports(core, "dev.weir.model", getClass().getModule());
    Class<?> models = core.getClassLoader().loadClass(BuiltInModels.class.getName());
    assertThat(models.getModule()).isSameAs(core);
    Object model = models.getMethod("weir").invoke(null);
    assertThat(model).hasToString(BuiltInModels.weir().toString());
  }
}
