package dev.weir.file;

import dev.weir.model.BuiltInModels;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/** Reads a file that a job file or a statement names. */
public final class NamedFile {

  /** They travel with the job graph, and more would not fit into it comfortably. */
  private static final int MAX_MODEL_BYTES = 64 << 20;

  private NamedFile() {}

  /**
   * Reads the weights of a model.
   *
   * @param location as {@link #read} has it, or the name of a model in the jar
   * @throws IllegalArgumentException as {@link #read}
   */
  public static byte[] model(String location, java.nio.file.Path directory) {
    if (!BuiltInModels.isOne(location)) {
      return read(location, directory, MAX_MODEL_BYTES);
    }
    try {
      return BuiltInModels.bytes(location);
    } catch (IOException | IllegalArgumentException e) {
      throw unreadable(location, e);
    }
  }

  /**
   * Reads a regular file whole.
   *
   * @param location a path or a URL of one of Flink's file systems
   * @param directory where a relative path starts; null for the working directory
   * @param max bytes that it may have
   * @throws IllegalArgumentException with one line, if it cannot be read
   */
  public static byte[] read(String location, java.nio.file.Path directory, int max) {
    try {
      boolean isLocal = directory != null && !location.contains("://");
      java.nio.file.Path local = isLocal ? directory.resolve(location) : null;
      if (isLocal && !Files.exists(local)) {
        throw new NoSuchFileException(local.toString());
      }
      Path path = isLocal ? Path.fromLocalFile(local.toFile()) : new Path(location);
      FileSystem files = path.getFileSystem();
      FileStatus status = files.getFileStatus(path);
      // opening a local pipe would wait for its writer, and a device has no end
      boolean isRegular =
          files.isDistributedFS()
              ? !status.isDir()
              : Files.isRegularFile(java.nio.file.Path.of(path.getPath()));
      if (!isRegular) {
        throw new IOException("expected a regular file");
      }
      checkLength(status.getLen(), max);
      try (InputStream in = files.open(path)) {
        byte[] bytes = in.readNBytes(max + 1); // it may have grown
        checkLength(bytes.length, max);
        return bytes;
      }
    } catch (IOException | IllegalArgumentException e) { // the latter from what is no path at all
      throw unreadable(location, e);
    }
  }

  private static void checkLength(long length, int max) throws IOException {
    if (length > max) {
      throw new IOException("expected at most %d bytes, got %d".formatted(max, length));
    }
  }

  private static IllegalArgumentException unreadable(String location, Exception cause) {
    return new IllegalArgumentException(
        "expected a readable file, got %s (%s)".formatted(location, cause), cause);
  }
}
