package dev.weir.kafka.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.wire.UnknownSchemaException;
import dev.weir.kafka.wire.WriterSchemas;
import java.time.Duration;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;

/** What our client expects of a registry: of the one in memory, and of a real one. */
public abstract class RegistryContract {

  public static final Schema OBSERVATION = WriterSchemas.OBSERVATION;
  static final Schema REQUIRED = WriterSchemas.OBSERVATION_REQUIRED;
  static final Schema OTHER = SchemaBuilder.record("Other").fields().requiredInt("x").endRecord();

  abstract RegistrySettings registry();

  SchemaRegistry client() {
    return new SchemaRegistry(registry());
  }

  private Schema read(int id) throws Exception {
    return new Schema.Parser().parse(client().schema(id, Duration.ofMinutes(1)));
  }

  @Test
  void schemaKeepsItsIdAndIsReadByIt() throws Exception {
    assertThat(client().known("a-value", REQUIRED)).isNull();
    int first = client().idOf("a-value", REQUIRED);
    int second = client().idOf("a-value", OBSERVATION);
    assertThat(client().known("a-value", REQUIRED)).isEqualTo(first).isNotEqualTo(second);
    assertThat(read(first)).isEqualTo(REQUIRED);
    assertThat(read(second)).isEqualTo(OBSERVATION);
    assertThat(client().idOf("b-value", OBSERVATION)).isEqualTo(second);
  }

  @Test
  void versionsAreTheNewestOfASubject() throws Exception {
    int first = client().idOf("c-value", REQUIRED);
    int second = client().idOf("c-value", OBSERVATION);
    assertThat(client().versions("c-value", 9).keySet()).containsExactly(second, first);
    Map<Integer, String> newest = client().versions("c-value", 1);
    assertThat(newest).containsOnlyKeys(second);
    assertThat(new Schema.Parser().parse(newest.get(second))).isEqualTo(OBSERVATION);
    assertThat(client().versions("nobody-value", 9)).isEmpty();
  }

  @Test
  void unregisteredIdIsUnknown() {
    for (int id : new int[] {987_654, Integer.MAX_VALUE}) {
      assertThatThrownBy(() -> read(id))
          .isInstanceOf(UnknownSchemaException.class)
          .hasMessageStartingWith("schema id %s: expected to be known to the schema registry", id);
    }
  }
}
