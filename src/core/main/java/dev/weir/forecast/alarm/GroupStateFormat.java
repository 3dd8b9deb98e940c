package dev.weir.forecast.alarm;

import dev.weir.forecast.alarm.GroupState.GroupIncident;
import dev.weir.forecast.alarm.GroupState.Part;
import dev.weir.forecast.alarm.GroupState.Waiting;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;

/**
 * The bytes of a {@link GroupState}, independent of the engine that stores them. Numbers are
 * big-endian.
 */
public final class GroupStateFormat {

  private static final int MAX_NAME = 1 << 16;

  private GroupStateFormat() {}

  public static void write(GroupState state, DataOutput target) throws IOException {
    target.writeLong(state.judged);
    target.writeLong(state.silentUntil);
    target.writeInt(state.waiting.size());
    for (Map.Entry<Long, Waiting> each : state.waiting.entrySet()) {
      target.writeLong(each.getKey());
      target.writeLong(each.getValue().end);
      target.writeLong(each.getValue().spacing);
      target.writeDouble(each.getValue().enough);
      write(each.getValue().members.values(), target);
    }
    GroupIncident incident = state.incident;
    target.writeBoolean(incident != null);
    if (incident != null) {
      target.writeLong(incident.start);
      target.writeLong(incident.end);
      target.writeLong(incident.values);
      target.writeLong(incident.closes);
      target.writeLong(incident.worstTime);
      target.writeDouble(incident.sum);
      target.writeInt(incident.severity);
      write(incident.worst, target);
    }
  }

  private static void write(Collection<Part> parts, DataOutput target) throws IOException {
    target.writeInt(parts.size());
    for (Part part : parts) {
      byte[] name = part.series().getBytes(StandardCharsets.UTF_8);
      target.writeInt(name.length);
      target.write(name);
      target.writeDouble(part.value());
      target.writeDouble(part.surprise());
    }
  }

  /**
   * @throws IOException if the bytes end early or are no such state
   */
  public static GroupState read(DataInput source) throws IOException {
    GroupState state = new GroupState();
    state.judged = source.readLong();
    state.silentUntil = source.readLong();
    int intervals = count(source);
    for (int i = 0; i < intervals; i++) {
      Waiting interval = new Waiting();
      long begin = source.readLong();
      interval.end = source.readLong();
      interval.spacing = source.readLong();
      interval.enough = source.readDouble();
      int members = count(source);
      for (int k = 0; k < members; k++) {
        Part part = readPart(source);
        interval.members.put(part.series(), part);
      }
      state.waiting.put(begin, interval);
      state.surprises += interval.members.size();
    }
    if (source.readBoolean()) {
      GroupIncident incident = new GroupIncident(source.readLong());
      incident.end = source.readLong();
      incident.values = source.readLong();
      incident.closes = source.readLong();
      incident.worstTime = source.readLong();
      incident.sum = source.readDouble();
      incident.severity = source.readInt();
      int parts = count(source);
      for (int k = 0; k < parts; k++) {
        incident.worst.add(readPart(source));
      }
      if (!(incident.sum > 0) || incident.values < 1 || incident.start > incident.end) {
        throw new IOException("group: expected an incident, got other numbers");
      }
      state.incident = incident;
    }
    return state;
  }

  private static int count(DataInput source) throws IOException {
    int count = source.readInt();
    if (count < 0 || count > 2 * GroupTracker.MAX_WAITING) {
      throw new IOException(
          "group: expected 0 to %d, got %d".formatted(2 * GroupTracker.MAX_WAITING, count));
    }
    return count;
  }

  private static Part readPart(DataInput source) throws IOException {
    int length = source.readInt();
    if (length < 0 || length > MAX_NAME) {
      throw new IOException("group: expected a name, got a length of " + length);
    }
    byte[] name = new byte[length];
    source.readFully(name);
    double value = source.readDouble();
    double surprise = source.readDouble();
    if (!Double.isFinite(surprise) || !Double.isFinite(value)) {
      throw new IOException("group: expected a surprise, got " + surprise);
    }
    return new Part(new String(name, StandardCharsets.UTF_8), value, surprise);
  }
}
