package dev.weir.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Classification;
import dev.weir.forecast.Explanation;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Output;
import dev.weir.forecast.Score;
import dev.weir.model.Mode;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What users of the library compile against names types of the JDK and of its API alone. */
class PublicSignaturesTest {

  /** What the library returns, with what it consists of. */
  private static final List<Class<?>> RECORDS =
      List.of(Forecast.class, Explanation.class, Score.class, Incident.class, Classification.class);

  /** A class in a signature by its full name. */
  private static final Pattern NAME = Pattern.compile("(?:[a-z]\\w*\\.)+[A-Z][\\w$]*");

  private static final List<Class<?>> classes = new ArrayList<>();

  @BeforeAll
  static void list() throws Exception {
    Path any = Path.of(Forecaster.class.getResource("Forecaster.class").toURI());
    try (Stream<Path> files = Files.list(any.getParent())) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        String name = file.getFileName().toString().replace(".class", "");
        classes.add(Class.forName(Forecaster.class.getPackageName() + "." + name));
      }
    }
  }

  private static boolean isRecord(Class<?> type) {
    return RECORDS.contains(type)
        || type.getDeclaringClass() != null && isRecord(type.getDeclaringClass());
  }

  private static boolean isVisible(Class<?> type) {
    return Modifier.isPublic(type.getModifiers())
        && (type.getEnclosingClass() == null || isVisible(type.getEnclosingClass()));
  }

  private static List<String> signature(Class<?> type) {
    List<String> signature = new ArrayList<>(List.of(type.toGenericString()));
    signature.add(String.valueOf(type.getGenericSuperclass()));
    Stream.of(type.getGenericInterfaces()).forEach(i -> signature.add(i.getTypeName()));
    List<Member> members = new ArrayList<>(List.of(type.getDeclaredFields()));
    members.addAll(List.of(type.getDeclaredMethods()));
    members.addAll(List.of(type.getDeclaredConstructors()));
    for (Member member : members) {
      if ((member.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) == 0) {
        continue;
      }
      signature.add(
          member instanceof Field field
              ? field.toGenericString()
              : ((Executable) member).toGenericString());
    }
    return signature;
  }

  @Test
  void publicSignaturesNameTypesOfTheJdkAndOfTheApi() throws Exception {
    List<String> wrong = new ArrayList<>();
    int checked = 0;
    List<Class<?>> all = new ArrayList<>(classes);
    for (Class<?> type : RECORDS) {
      all.add(type);
      all.addAll(List.of(type.getDeclaredClasses()));
    }
    for (Class<?> type : all) {
      if (!isVisible(type)) {
        continue;
      }
      for (String signature : signature(type)) {
        for (String name : NAME.matcher(signature).results().map(MatchResult::group).toList()) {
          checked++;
          boolean isFine = name.startsWith("java.");
          if (!isFine) {
            Class<?> raw = Class.forName(name);
            isFine =
                raw.getPackage() == Forecaster.class.getPackage() && isVisible(raw)
                    || isRecord(raw)
                    || raw == Output.class
                    || raw == Mode.class; // of a job: not exported
          }
          if (!isFine) {
            wrong.add(type.getName() + ": " + name);
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
        .allSatisfy(type -> assertThat(type).isFinal());
  }
}
