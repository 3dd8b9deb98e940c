package dev.weir.sql;

import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.types.Row;

/** Fails once, at a row after a checkpoint that a number of rows came before. One at a time. */
final class FailOnce implements MapFunction<Row, Row>, CheckpointListener {

  private static final long serialVersionUID = 1L;
  private static final AtomicBoolean FAILED = new AtomicBoolean(); // both attempts' tasks

  private final int after;
  private int rows;
  private boolean due;

  FailOnce(int after) {
    this.after = after;
    FAILED.set(false);
  }

  static boolean hasFailed() {
    return FAILED.get();
  }

  @Override
  public Row map(Row row) throws Exception {
    if (++rows > after && !FAILED.get()) {
      Thread.sleep(20); // leaves time for a checkpoint before the last row
      if (due && FAILED.compareAndSet(false, true)) {
        throw new IllegalStateException("as the test wants");
      }
    }
    return row;
  }

  @Override
  public void notifyCheckpointComplete(long id) {
    due = rows > after;
  }
}
