package dev.weir.kafka.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.kafka.RegistrySettings;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The contract of a real registry. */
@Tag("slow") // SchemaRegistryTest has the same of a server in this JVM
class ApicurioIT extends RegistryContract {

  @AutoClose private static ApicurioProcess apicurio;

  @BeforeAll
  static void start() throws Exception {
    apicurio = ApicurioProcess.start();
  }

  @Override
  RegistrySettings registry() {
    return apicurio.settings();
  }

  @Test
  void incompatibleSchemaIsRefused() throws Exception {
    client().idOf("d-value", OTHER);
    apicurio.compatibility("", "BACKWARD");
    try {
      assertThatThrownBy(() -> client().idOf("d-value", OBSERVATION))
          .hasMessageStartingWith(
              "subject d-value: expected a schema that is compatible with those before it, got HTTP"
                  + " 409: ")
          .hasMessageEndingWith("; allow it in the subject's compatibility, or take another topic");
    } finally {
      apicurio.compatibility("", "NONE");
    }
    assertThat(client().versions("d-value", 9)).hasSize(1);
  }
}
