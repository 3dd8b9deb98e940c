package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.junit.jupiter.api.Test;

/** The logging of the launcher's process. */
class LoggingTest {

  @Test
  void aLineThatNobodyWantsIsTurnedAwayByItsLevelAlone() {
    try (LoggerContext context = new LoggerContext("launcher")) {
      context.setConfigLocation(Path.of("conf/log4j2.properties").toUri());
      context.start();
      // asked before the level, for each debug line of each record
      assertThat(context.getConfiguration().hasFilter()).isFalse();
      assertThat(context.getRootLogger().getLevel()).isEqualTo(Level.WARN);
      assertThat(context.getConfiguration().getAppenders()).containsKey("stderr");
    }
  }
}
