package dev.weir.kafka;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/** The contract, asked of a real registry. */
@Timeout(600)
class ApicurioIT extends RegistryContract {

  private static ApicurioProcess apicurio;

  @BeforeAll
  static void start() throws Exception {
    apicurio = ApicurioProcess.start();
  }

  @AfterAll
  static void stop() throws Exception {
    apicurio.close();
  }

  @Override
  RegistrySettings registry() {
    return apicurio.settings();
  }

  @Override
  void backward(boolean isAskedFor) throws Exception {
    apicurio.compatibility(isAskedFor ? "BACKWARD" : "NONE");
  }
}
