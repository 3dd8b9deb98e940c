package dev.weir.job;

import dev.weir.model.BuiltInModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;

/** Where a job file says that a model's weights are: a path, a URL, or a name in the jar. */
final class ModelLocation {

  /** More would not fit into a job graph's blob comfortably. */
  private static final long MAX_MODEL_BYTES = 64L << 20;

  private ModelLocation() {}

  /**
   * The bytes of a file.
   *
   * @param seqLen of the job, for a model that comes inside the jar
   * @param directory where a relative path starts
   */
  static byte[] load(String location, int seqLen, Path directory) throws IOException {
    if (BuiltInModels.isOne(location)) {
      return BuiltInModels.bytes(location, seqLen);
    }
    if (location.contains("://")) {
      var path = new org.apache.flink.core.fs.Path(location);
      FileSystem files = path.getFileSystem();
      FileStatus status = files.getFileStatus(path);
      checkRegular(
          files.isDistributedFS() ? !status.isDir() : Files.isRegularFile(Path.of(path.getPath())));
      checkLength(status.getLen());
      try (FSDataInputStream in = files.open(path)) {
        byte[] bytes = in.readNBytes((int) MAX_MODEL_BYTES + 1); // it may have grown
        checkLength(bytes.length);
        return bytes;
      }
    }
    Path path = directory.resolve(location);
    checkRegular(!Files.exists(path) || Files.isRegularFile(path));
    checkLength(Files.size(path));
    return Files.readAllBytes(path);
  }

  /** Opening a pipe would wait for its writer, and a device has no end. */
  private static void checkRegular(boolean regular) throws IOException {
    if (!regular) {
      throw new IOException("expected a regular file");
    }
  }

  private static void checkLength(long length) throws IOException {
    if (length > MAX_MODEL_BYTES) {
      throw new IOException(
          "expected at most %d bytes, got %d: publish it on the model topic instead"
              .formatted(MAX_MODEL_BYTES, length));
    }
  }
}
