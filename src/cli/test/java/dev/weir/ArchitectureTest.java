package dev.weir;

import static com.tngtech.archunit.base.DescribedPredicate.anyElementThat;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
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

/** What must hold of all classes; PackagesTest checks their imports. */
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
              "java\\.io\\.ObjectInputStream|java\\.beans\\.XMLDecoder|com\\.esotericsoftware\\..*"
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
