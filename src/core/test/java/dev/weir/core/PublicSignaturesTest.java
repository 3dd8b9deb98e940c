package dev.weir.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.weir.forecast.Classification;
import dev.weir.forecast.Explanation;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Output;
import dev.weir.forecast.Score;
import dev.weir.model.Mode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What users of the library compile against names types of the JDK and of its API alone. */
class PublicSignaturesTest {

  private static final String PACKAGE = "dev.weir.core";

  /** What the library returns, with what it consists of. */
  private static final List<Class<?>> RECORDS =
      List.of(Forecast.class, Explanation.class, Score.class, Incident.class, Classification.class);

  private static JavaClasses classes;
  private static JavaClasses records;

  @BeforeAll
  static void read() {
    // the names are enough of all other classes, and reading these takes half a minute
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(PACKAGE);
    records =
        new ClassFileImporter()
            .importPackagesOf(RECORDS)
            .that(DescribedPredicate.describe("are records", PublicSignaturesTest::isRecord));
  }

  private static boolean isRecord(JavaClass type) {
    String name = type.getName();
    return RECORDS.stream()
        .anyMatch(r -> name.equals(r.getName()) || name.startsWith(r.getName() + "$"));
  }

  private static boolean isVisible(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.PUBLIC)
        && type.getEnclosingClass().map(PublicSignaturesTest::isVisible).orElse(true);
  }

  private static boolean isVisible(JavaMember member) {
    return member.getModifiers().contains(JavaModifier.PUBLIC)
        || member.getModifiers().contains(JavaModifier.PROTECTED);
  }

  private static Set<JavaType> signature(JavaClass type) {
    Set<JavaType> named = new HashSet<>(type.getInterfaces());
    type.getSuperclass().ifPresent(named::add);
    named.addAll(type.getTypeParameters());
    for (JavaMember member : type.getMembers()) {
      if (!isVisible(member)) {
        continue;
      }
      if (member instanceof JavaField field) {
        named.add(field.getType());
      } else if (member instanceof JavaCodeUnit method) {
        named.add(method.getReturnType());
        named.addAll(method.getParameterTypes());
        named.addAll(method.getExceptionTypes());
      }
    }
    return named;
  }

  @Test
  void publicSignaturesNameTypesOfTheJdkAndOfTheApi() {
    List<String> wrong = new ArrayList<>();
    int checked = 0;
    List<JavaClass> all = new ArrayList<>();
    classes.forEach(all::add);
    records.forEach(all::add);
    for (JavaClass type : all) {
      if (!isVisible(type)) {
        continue;
      }
      for (JavaType named : signature(type)) {
        for (JavaClass each : named.getAllInvolvedRawTypes()) {
          JavaClass raw = each.getBaseComponentType();
          checked++;
          boolean isFine =
              raw.isPrimitive()
                  || raw.getPackageName().startsWith("java.")
                  || raw.getPackageName().equals(PACKAGE) && isVisible(raw)
                  || isRecord(raw)
                  || raw.isEquivalentTo(Output.class)
                  || raw.isEquivalentTo(Mode.class); // of a job: not exported
          if (!isFine) {
            wrong.add(type.getName() + ": " + raw.getName());
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(checked).isGreaterThan(100);
  }

  @Test
  void noPublicClassIsOpenForSubclasses() {
    assertThat(classes.stream().filter(PublicSignaturesTest::isVisible))
        .hasSizeGreaterThan(10)
        .allSatisfy(
            type ->
                assertThat(type.getModifiers()).as(type.getName()).contains(JavaModifier.FINAL));
  }
}
