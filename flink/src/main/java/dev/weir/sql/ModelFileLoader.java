package dev.weir.sql;

import dev.weir.model.BuiltInModels;
import dev.weir.model.ClassifierFiles;
import dev.weir.model.ClassifierModel;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import dev.weir.model.ModelFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/** Reads a model's file, by Flink's file systems: local paths, s3://, hdfs:// and so on. */
final class ModelFileLoader {

  /** They travel with the job graph, and more would not fit into it comfortably. */
  private static final int MAX_BYTES = 64 << 20;

  private ModelFileLoader() {}

  /**
   * @param option the option's name, for the message
   * @throws IllegalArgumentException with one line that says why it can't be used
   */
  static ForecastModel read(String option, String location, ModelFiles.Defaults defaults) {
    try {
      return ModelFiles.fromBytes(load(location, defaults.seqLen()), defaults, location);
    } catch (ModelFormatException e) {
      throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
    } catch (IOException | IllegalArgumentException e) { // the latter from what is no path at all
      throw new IllegalArgumentException(
          "%s: expected a readable file, got %s (%s)".formatted(option, location, e), e);
    }
  }

  /** As {@link #read}, of a classifier. */
  static ClassifierModel readClassifier(String option, String location, String name) {
    try {
      return ClassifierFiles.fromBytes(load(location, null), name, location);
    } catch (ModelFormatException e) {
      throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
    } catch (IOException | IllegalArgumentException e) { // the latter from what is no path at all
      throw new IllegalArgumentException(
          "%s: expected a readable file, got %s (%s)".formatted(option, location, e), e);
    }
  }

  private static byte[] load(String location, Integer seqLen) throws IOException {
    if (BuiltInModels.isOne(location)) {
      return BuiltInModels.bytes(location, seqLen);
    }
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
    checkLength(status.getLen());
    try (InputStream in = files.open(path)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1); // it may have grown
      checkLength(bytes.length);
      return bytes;
    }
  }

  private static void checkLength(long length) throws IOException {
    if (length > MAX_BYTES) {
      throw new IOException("expected at most %d bytes, got %d".formatted(MAX_BYTES, length));
    }
  }
}
