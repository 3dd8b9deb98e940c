package dev.weir.stream;

import dev.weir.classify.ClassState;
import dev.weir.classify.ClassifySettings;
import dev.weir.forecast.window.SeriesState;
import java.io.IOException;
import java.util.function.Consumer;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;

/** What a task that classifies knows of its series. Those that learn are cached. */
final class ClassStore extends SeriesCache<ClassStore.Entry> {

  /** Each series that is known has one. The state's name is part of each savepoint. */
  static final ValueStateDescriptor<ClassState> SERIES =
      new ValueStateDescriptor<>("classes", WeirTypeInformation.CLASS_STATE);

  /** An entry without its numbers, in bytes: 650 to 700 with three classes. */
  static final int ENTRY_BYTES = 700;

  private final ValueState<ClassState> states;

  /** What is kept of a series. */
  final class Entry extends SeriesState<ClassState> implements SeriesCache.Entry {

    @Override
    public Long expiry() throws IOException {
      return expiry.value();
    }

    @Override
    public void expiry(Long time) throws IOException {
      expiry.update(time);
    }

    @Override
    public int size() {
      return ENTRY_BYTES + times().bytes();
    }

    @Override
    public boolean hasChanged() {
      return isChanged();
    }

    @Override
    public void write(boolean evicted) throws IOException {
      if (isChanged()) {
        states.update(times()); // null clears
        saved();
      }
    }
  }

  /**
   * @param keys selects a series
   * @param room bytes of the cache; 0 for none
   */
  ClassStore(RuntimeContext context, ClassifySettings settings, Consumer<String> keys, long room) {
    super(context, settings.limits(), keys, settings.learning().learns() ? room : 0);
    this.states = context.getState(SERIES);
  }

  @Override
  Entry open(String series, Entry reused) throws IOException {
    Entry entry = reused == null ? new Entry() : reused;
    entry.load(read(states, SERIES.getName(), series));
    return entry;
  }
}
