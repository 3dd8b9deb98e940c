package dev.weir.stream;

import java.util.ArrayList;
import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/** The messages that a class logs while this is open. */
public final class CapturedLog extends AbstractAppender implements AutoCloseable {

  public final List<String> lines = new ArrayList<>();
  private final Logger logger;

  public CapturedLog(Class<?> type) {
    super("lines", null, null, true, Property.EMPTY_ARRAY);
    start();
    logger = (Logger) LogManager.getLogger(type);
    logger.addAppender(this);
    logger.setLevel(Level.WARN);
  }

  @Override
  public void append(LogEvent event) {
    lines.add(event.getMessage().getFormattedMessage());
  }

  @Override
  public void close() {
    logger.removeAppender(this);
    logger.setLevel(null);
  }
}
