package dev.weir.kafka.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.kafka.codec.ObservationReader;
import dev.weir.kafka.wire.AvroBounds;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.kafka.wire.UnknownSchemaException;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Schemas that are small and mean harm: anybody may register one. */
@Timeout(600)
class UntrustedSchemaTest {

  private static String record(String name, String fields) {
    return "{\"type\":\"record\",\"name\":\"%s\",\"fields\":[%s]}".formatted(name, fields);
  }

  private static String field(String name, String type) {
    return "{\"name\":\"%s\",\"type\":%s}".formatted(name, type);
  }

  /** Each type names the one before it twice: 2^levels values of no byte each. */
  private static String doubling(int levels) {
    StringBuilder fields = new StringBuilder(field("f0", record("L0", field("x", "\"null\""))));
    for (int i = 1; i <= levels; i++) {
      String twice =
          field("a", "\"L%d\"".formatted(i - 1)) + "," + field("b", "\"L%d\"".formatted(i - 1));
      fields.append(',').append(field("f" + i, record("L" + i, twice)));
    }
    return record("Bomb", fields.toString());
  }

  private static Schema read(String text) throws UnknownSchemaException {
    return RegistrySchemas.compile(7, text, schema -> schema);
  }

  private static void assertRefused(String text, String message) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(UnknownSchemaException.class)
        .hasMessageStartingWith("schema id 7: ")
        .hasMessageContaining(message)
        .hasMessageNotContaining("\u001b");
  }

  @Test
  void schemaOfBillionsOfFieldsIsRefused() throws Exception {
    assertThat(doubling(60)).hasSizeLessThan(8_000);
    assertRefused(
        doubling(60), "expected at most 10000 fields, each type counted where it is named");
    assertThat(read(doubling(8)).getName()).isEqualTo("Bomb");
  }

  /** Avro knows names before they are defined, and each level takes some of the stack. */
  @ParameterizedTest
  @ValueSource(ints = {600, 1_200, 2_500})
  void chainOfThousandsOfTypesIsReadOrRefused(int levels) {
    StringBuilder fields = new StringBuilder(field("f0", "\"L1\""));
    for (int i = 1; i <= levels; i++) {
      String next = i == levels ? "\"int\"" : "\"L%d\"".formatted(i + 1);
      fields.append(',').append(field("f" + i, record("L" + i, field("x", next))));
    }
    fields.append(',').append(field("series", "\"string\""));
    fields.append(',').append(field("time", "\"long\""));
    fields.append(',').append(field("value", "\"double\""));
    String chain = record("Chain", fields.toString());
    assertThat(chain).hasSizeLessThan(256 << 10); // not refused for its length
    try {
      assertThat(RegistrySchemas.compile(7, chain, ObservationReader::of)).isNotNull();
    } catch (UnknownSchemaException e) {
      assertThat(e).hasMessageStartingWith("schema id 7: ");
    }
  }

  @Test
  void recordMayContainItself() throws Exception {
    String tree =
        record("Tree", field("left", "[\"null\",\"Tree\"]") + "," + field("x", "\"int\""));
    Schema schema = read(tree);
    AvroBounds bounds = new AvroBounds();
    bounds.check(schema, new byte[] {2, 2, 0, 2, 4, 6}); // three deep
    byte[] deep = new byte[100];
    Arrays.fill(deep, (byte) 2);
    assertThatThrownBy(() -> bounds.check(schema, deep))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessage("expected at most 32 levels of nesting");
  }

  @Test
  void itemsWithoutBytesAreLimited() throws Exception {
    StringBuilder fields = new StringBuilder(field("f0", "\"null\""));
    for (int i = 1; i < 8_000; i++) {
      fields.append(',').append(field("f" + i, "\"null\""));
    }
    Schema schema =
        read(
            record(
                "Wide",
                field(
                    "items",
                    "{\"type\":\"array\",\"items\":" + record("Item", fields.toString()) + "}")));
    byte[] bytes = new byte[1 << 20];
    bytes[0] = (byte) 0x80; // a count of 2^19: as many as there are bytes, nearly
    bytes[1] = (byte) 0x80;
    bytes[2] = 0x40;
    assertThatThrownBy(() -> new AvroBounds().check(schema, bytes))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining("expected fewer values in 1048576 bytes");
  }

  @Test
  void textThatIsNotARecordsSchemaIsRefused() {
    for (String text :
        List.of(
            "",
            "\u0000\u001b[2J",
            "{",
            "{\"type\":\"record\"}",
            "[".repeat(100_000),
            record("Odd", "{\"name\":\"x\",\"type\":\"int\",\"order\":\"x\"}"),
            record("Odd", "{\"name\":\"x\",\"type\":\"int\",\"order\":5}"),
            record("Big", field("x", "{\"type\":\"fixed\",\"name\":\"F\",\"size\":2147483647}")))) {
      assertRefused(text, "expected a schema that Avro can read, got ");
    }
    assertRefused("[]", "expected a record, got union");
    assertRefused("\"int\"", "expected a record, got int");
    assertRefused(" ".repeat(300_000), "expected at most 262144 characters, got 300000");
    String self = record("Self", field("self", "\"Self\"")); // no bytes end it
    assertThatThrownBy(() -> RegistrySchemas.compile(7, self, ObservationReader::of))
        .isInstanceOf(UnknownSchemaException.class);
  }
}
