package dev.weir.sql.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/** Reads a regular file of one of Flink's file systems. */
final class StatementFile {

  private StatementFile() {}

  /**
   * Reads the whole file.
   *
   * @param max bytes that it may have
   * @throws IOException if it cannot be read, is longer, or is not a regular file
   * @throws IllegalArgumentException if the location is not a path
   */
  static byte[] read(String location, int max) throws IOException {
    Path path = new Path(location);
    FileSystem files = path.getFileSystem();
    FileStatus status = files.getFileStatus(path);
    // opening a local pipe would wait for its writer, and a device has no end
    boolean regular =
        files.isDistributedFS()
            ? !status.isDir()
            : Files.isRegularFile(java.nio.file.Path.of(path.getPath()));
    if (!regular) {
      throw new IOException("expected a regular file");
    }
    checkLength(status.getLen(), max);
    try (InputStream in = files.open(path)) {
      byte[] bytes = in.readNBytes(max + 1); // it may have grown
      checkLength(bytes.length, max);
      return bytes;
    }
  }

  private static void checkLength(long length, int max) throws IOException {
    if (length > max) {
      throw new IOException("expected at most %d bytes, got %d".formatted(max, length));
    }
  }
}
