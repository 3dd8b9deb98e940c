package dev.weir.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.kafka.RegistryException.Kind;
import dev.weir.kafka.SchemaRegistry.Version;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;

/** What our client expects of a registry, asked of each that there is here. */
abstract class RegistryContract {

  private static final Schema OBSERVATION = WriterSchemas.OBSERVATION;
  private static final Schema REQUIRED = WriterSchemas.OBSERVATION_REQUIRED;
  private static final Schema OTHER =
      SchemaBuilder.record("Other").fields().requiredInt("x").endRecord();

  abstract RegistrySettings registry();

  /** From now on new versions must be able to read what the newest has written, or need not. */
  abstract void backward(boolean isAskedFor) throws Exception;

  private SchemaRegistry client() {
    return new SchemaRegistry(registry());
  }

  @Test
  void aSchemaKeepsItsIdAndCanBeReadBackByIt() throws Exception {
    SchemaRegistry client = client();
    int first = client.idOf("a-value", REQUIRED);
    int second = client.idOf("a-value", OBSERVATION);
    assertThat(second).isNotEqualTo(first);
    assertThat(client().idOf("a-value", REQUIRED)).isEqualTo(first);
    assertThat(new Schema.Parser().parse(client.schema(second))).isEqualTo(OBSERVATION);
    assertThat(new Schema.Parser().parse(client.schema(first))).isEqualTo(REQUIRED);
  }

  @Test
  void theSameSchemaHasOneIdUnderTwoSubjects() throws Exception {
    assertThat(client().idOf("one-value", OTHER)).isEqualTo(client().idOf("two-value", OTHER));
  }

  @Test
  void theVersionsOfASubjectComeOldestFirstAndThoseOfNoneAreNone() throws Exception {
    SchemaRegistry client = client();
    int first = client.idOf("b-value", REQUIRED);
    int second = client.idOf("b-value", OBSERVATION);
    assertThat(client.versions("b-value", 9))
        .extracting(Version::id)
        .containsExactly(first, second);
    List<Version> newest = client.versions("b-value", 1);
    assertThat(newest).extracting(Version::id).containsExactly(second);
    assertThat(new Schema.Parser().parse(newest.get(0).schema())).isEqualTo(OBSERVATION);
    assertThat(client.versions("nobody-value", 9)).isEmpty();
  }

  @Test
  void anIdThatNobodyHasRegisteredIsUnknown() {
    for (int id : new int[] {987_654, Integer.MAX_VALUE, -1}) { // -1: four bytes that are all ones
      assertThatThrownBy(() -> client().schema(id))
          .isInstanceOfSatisfying(
              RegistryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNKNOWN))
          .hasMessageStartingWith(
              "schema id %s: expected to be known to the schema registry",
              Integer.toUnsignedString(id));
    }
  }

  @Test
  void aSchemaThatDoesNotGoWithTheOneBeforeItIsRefusedInWords() throws Exception {
    SchemaRegistry client = client();
    client.idOf("c-value", OTHER);
    backward(true);
    try {
      assertThatThrownBy(() -> client.idOf("c-value", OBSERVATION))
          .isInstanceOfSatisfying(
              RegistryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.REFUSED))
          .hasMessageStartingWith(
              "subject c-value: expected a schema that is compatible with those before it, got HTTP"
                  + " 409: ")
          .hasMessageEndingWith("; allow it in the subject's compatibility, or take another topic");
    } finally {
      backward(false);
    }
    assertThat(client.versions("c-value", 9)).hasSize(1);
  }
}
