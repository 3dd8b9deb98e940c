package dev.weir;

import static com.tngtech.archunit.base.DescribedPredicate.anyElementThat;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** Which package may import which, and what else must hold of all classes. */
@AnalyzeClasses(packages = "dev.weir", importOptions = ArchitectureTest.MainTree.class)
class ArchitectureTest {

  /** Without tests, in whatever build folder; ArchUnit's own option knows only {@code target}. */
  static final class MainTree implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("/test-classes/") && !location.contains("-tests.jar");
    }
  }

  @ArchTest
  static final ArchRule RNN_IS_ARITHMETIC =
      classes()
          .that()
          .resideInAPackage("dev.weir.rnn..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..", "jdk.incubator.vector..", "com.sun.management..", "dev.weir.rnn..")
          .because("the recurrent arithmetic must run anywhere that a JDK runs");

  @ArchTest
  static final ArchRule VECTORS_STAY_IN_THEIR_METHOD =
      noMethods()
          .should()
          .haveRawReturnType(resideInAPackage("jdk.incubator.vector.."))
          .orShould()
          .haveRawParameterTypes(anyElementThat(resideInAPackage("jdk.incubator.vector..")))
          .because("where the compiler does not inline such a method, each vector is an object");

  @ArchTest
  static final ArchRule VECTOR_METHODS_ARE_SMALL =
      methods()
          .should(
              new ArchCondition<JavaMethod>(
                  "have at most 40 operations on vectors, those of one line and kind as one") {
                @Override
                public void check(JavaMethod method, ConditionEvents events) {
                  long operations =
                      method.getMethodCallsFromSelf().stream()
                          .map(call -> call.getTargetOwner().getPackageName())
                          .filter(name -> name.startsWith("jdk.incubator.vector"))
                          .count();
                  if (operations > 40) {
                    events.add(
                        SimpleConditionEvent.violated(
                            method, "%s has %d".formatted(method.getFullName(), operations)));
                  }
                }
              })
          .because("in some JVMs a larger one made an object of its last vector");

  @ArchTest
  static final ArchRule MODEL_KNOWS_FILES =
      classes()
          .that()
          .resideInAPackage("dev.weir.model..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..", "com.fasterxml.jackson..", "dev.weir.model..", "dev.weir.rnn..")
          .because("weights are read in jobs, tests and tools alike, without Flink or Kafka");

  @ArchTest
  static final ArchRule FORECAST_IS_THE_CORE =
      classes()
          .that()
          .resideInAPackage("dev.weir.forecast..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "jdk.incubator.vector..",
              "dev.weir.forecast..",
              "dev.weir.model..",
              "dev.weir.rnn..")
          .because(
              "the same forecasting must run in a job, in SQL, in an evaluation and in a test");

  @ArchTest
  static final ArchRule CLASSIFY_IS_A_CORE =
      classes()
          .that()
          .resideInAPackage("dev.weir.classify..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "dev.weir.classify..",
              "dev.weir.forecast", // the data classes only
              "dev.weir.forecast.window", // one rule of order and expiry
              "dev.weir.model..",
              "dev.weir.rnn..")
          .because("the same classification must run in a job, in an evaluation and in a test");

  @ArchTest
  static final ArchRule CORE_RUNS_IN_ANY_PROGRAM =
      classes()
          .that()
          .resideInAnyPackage(
              "dev.weir.core..",
              "dev.weir.classify..",
              "dev.weir.forecast..",
              "dev.weir.model..",
              "dev.weir.option..",
              "dev.weir.spec..",
              "dev.weir.rnn..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "jdk.incubator.vector..",
              "com.sun.management..",
              "com.fasterxml.jackson.core..",
              "dev.weir.core..",
              "dev.weir.classify..",
              "dev.weir.forecast..",
              "dev.weir.model..",
              "dev.weir.option..",
              "dev.weir.spec..",
              "dev.weir.rnn..")
          .because("weir-core needs the JDK and Jackson's parser, and neither Flink nor Kafka");

  @ArchTest
  static final ArchRule STREAM_KNOWS_NO_KAFKA =
      noClasses()
          .that()
          .resideInAPackage("dev.weir.stream..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.weir.kafka..",
              "dev.weir.sql..",
              "dev.weir.job..",
              "dev.weir.dashboard..",
              "dev.weir.cli..",
              "org.apache.kafka..",
              "org.apache.avro..")
          .because("the operators are driven by harnesses and bounded sources too");

  @ArchTest
  static final ArchRule KAFKA_KNOWS_NO_OPERATORS =
      noClasses()
          .that()
          .resideInAPackage("dev.weir.kafka..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.weir.stream..",
              "dev.weir.sql..",
              "dev.weir.job..",
              "dev.weir.dashboard..",
              "dev.weir.cli..")
          .because("bytes and operators change for different reasons");

  @ArchTest
  static final ArchRule STATE_IS_SERIALIZED_FORECASTING =
      classes()
          .that()
          .resideInAPackage("dev.weir.state..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "org.apache.flink.api.common.typeutils..",
              "org.apache.flink.api.java.typeutils.runtime..", // views as streams
              "org.apache.flink.core.memory..",
              "org.apache.flink.metrics..",
              "dev.weir.classify.series..",
              "dev.weir.forecast..",
              "dev.weir.state..")
          .because("the job and SQL keep the same state of a series and count the same");

  @ArchTest
  static final ArchRule OPTIONS_ARE_DECLARED_BELOW_ALL_THAT_READ_THEM =
      classes()
          .that()
          .resideInAPackage("dev.weir.option..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "dev.weir.option..",
              "dev.weir.classify..",
              "dev.weir.forecast..",
              "dev.weir.model..",
              "dev.weir.rnn..")
          .because("the job file, SQL and the command line read the same declarations");

  @ArchTest
  static final ArchRule SQL_STANDS_ALONE =
      classes()
          .that()
          .resideInAPackage("dev.weir.sql..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "dev.weir.state..",
              "org.slf4j..",
              "org.apache.flink.table..",
              "org.apache.flink.api.common..",
              "org.apache.flink.configuration..",
              "org.apache.flink.core..",
              "org.apache.flink.metrics..",
              "org.apache.flink.types..",
              "org.apache.flink.util..",
              "dev.weir.sql..",
              "dev.weir.file..",
              "dev.weir.holiday..",
              "dev.weir.option..",
              "dev.weir.spec..",
              "dev.weir.classify..",
              "dev.weir.forecast..",
              "dev.weir.model..",
              "dev.weir.rnn..")
          .because("its jar carries the core and nothing of jobs, Kafka or Avro");

  @ArchTest
  static final ArchRule THE_JOB_KNOWS_NO_TABLES =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.weir.sql..", "dev.weir.kafka.mapping")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.flink.table..", "dev.weir.sql..")
          .because("a cluster that runs no SQL needs no planner, and the job jar has no functions");

  @ArchTest
  static final ArchRule FORMATS_ARE_NO_FUNCTIONS =
      noClasses()
          .that()
          .resideInAPackage("dev.weir.kafka.mapping")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.weir.sql..")
          .because("table formats read records without a statement");

  @ArchTest
  static final ArchRule JOB_IS_BELOW_THE_PERSON =
      noClasses()
          .that()
          .resideInAPackage("dev.weir.job..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.weir.dashboard..", "dev.weir.cli..")
          .because("flink run has no person in front of it");

  @ArchTest
  static final ArchRule THE_PAGE_READS_TOPICS =
      noClasses()
          .that()
          .resideInAPackage("dev.weir.dashboard..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.weir.stream..",
              "dev.weir.sql..",
              "dev.weir.job..",
              "dev.weir.cli..",
              "org.apache.flink..")
          .because(
              "a page shows any running job, wherever that runs, by what it puts on its topics");

  @ArchTest
  static final ArchRule ONLY_THE_PAGE_SERVES_HTTP =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.weir.dashboard..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.javalin..", "org.eclipse.jetty..", "jakarta.servlet..")
          .because("the job jar carries no server");

  @ArchTest
  static final ArchRule THE_PAGE_IS_THE_COMMAND_LINES =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.weir.dashboard..", "dev.weir.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.weir.dashboard..")
          .because("nothing that runs in a job may need it");

  @ArchTest
  static final ArchRule THE_BROKER_IS_THE_COMMAND_LINES =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.weir.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("kafka..", "org.apache.kafka.server..", "org.apache.kafka.metadata..")
          .because("the embedded broker is not in the job jar");

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices()
          .matching("dev.weir.(**)")
          .should()
          .beFreeOfCycles()
          .because("packages that need each other are one package");

  @ArchTest
  static final ArchRule NO_JUNK_ROOMS =
      noClasses()
          .should()
          .resideInAnyPackage("..util..", "..utils..", "..common..", "..helper..", "..helpers..")
          .because("a helper lives in the class that it helps");

  @ArchTest
  static final ArchRule NO_JUNK_NAMES =
      noClasses()
          .should()
          .haveSimpleNameEndingWith("Util")
          .orShould()
          .haveSimpleNameEndingWith("Utils")
          .orShould()
          .haveSimpleNameEndingWith("Helper")
          .orShould()
          .haveSimpleNameEndingWith("Manager")
          .because("such a name says nothing about what the class knows");

  @ArchTest
  static final ArchRule NO_JAVA_SERIALIZATION =
      noClasses()
          .should()
          .dependOnClassesThat()
          .haveNameMatching(
              "java\\.io\\.ObjectInputStream"
                  + "|java\\.beans\\.XMLDecoder"
                  + "|com\\.esotericsoftware\\..*"
                  + "|org\\.apache\\.flink\\.util\\.InstantiationUtil"
                  + "|org\\.apache\\.flink\\.api\\.java\\.typeutils\\.(GenericTypeInfo|runtime\\.kryo\\..*)"
                  + "|org\\.apache\\.commons\\.lang3\\.SerializationUtils")
          .because("foreign bytes must never name a class to load");

  @ArchTest
  static final ArchRule NO_CLASS_IS_LOADED_BY_A_NAME =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("dev.weir.cli.VectorModule") // the name is a constant
          .should()
          .callMethodWhere(
              target(nameMatching("forName|loadClass|defineClass"))
                  .and(
                      target(owner(assignableTo(Class.class).or(assignableTo(ClassLoader.class))))))
          .orShould()
          .dependOnClassesThat()
          .haveNameMatching(
              "sun\\.misc\\.Unsafe|java\\.net\\.URLClassLoader|javax\\.script\\..*|javax\\.naming\\..*")
          .because("what a program does must not depend on a word that somebody sent");

  @ArchTest
  static final ArchRule YAML_AND_JSON_MAKE_NO_OBJECTS_OF_THEIR_CHOICE =
      noClasses()
          .should()
          .dependOnClassesThat()
          .haveNameMatching(
              "org\\.yaml\\.snakeyaml\\.constructor\\.(Constructor|CompactConstructor)")
          .orShould()
          .callMethodWhere(
              target(nameMatching("enableDefaultTyping|activateDefaultTyping.*|setDefaultTyping")))
          .because("a tag in a text must not choose the class that is made of it");
}
