package dev.weir.cli.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Deque;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import org.apache.flink.util.FileUtils;
import org.apache.flink.util.IOUtils;
import org.apache.logging.log4j.LogManager;

/**
 * One folder for all temporary files of this process: only its user may look into it, and it is
 * deleted at the end, also after Ctrl-C. Flink uses fixed names below {@code java.io.tmpdir}, which
 * a second user of the machine cannot write to, and leaves 20 MB there.
 */
public final class TemporaryFolder {

  private static final String PROPERTY = "java.io.tmpdir";
  private static final long CLOSE_MILLIS = 25_000;
  private static final long DELETE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long RETRY_MILLIS = 20;

  /** What writes into the folder and can be stopped, the newest first. */
  private static final Deque<AutoCloseable> WRITERS = new ConcurrentLinkedDeque<>();

  private TemporaryFolder() {}

  /**
   * Makes {@code java.io.tmpdir} a new folder below the present one. To be called before anything
   * else, since the JDK, Flink and Netty read that property once. Keeps the present folder if it is
   * not writable: most commands need none.
   */
  public static void own() {
    // not createTempDirectory, which would read the property
    Path folder = Path.of(System.getProperty(PROPERTY), "weir-" + UUID.randomUUID());
    try {
      Files.createDirectory(
          folder.toAbsolutePath(),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      return;
    }
    System.setProperty(PROPERTY, folder.toAbsolutePath().toString());
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> end(folder.toAbsolutePath()), "clean-up"));
  }

  /** Creates a folder in it; not by a prefix alone, for which newer JDKs use the old place. */
  public static Path create(String prefix) throws IOException {
    return Files.createTempDirectory(Path.of(System.getProperty(PROPERTY)), prefix);
  }

  /** Closes {@code writer} at the end of the process, before the folder is deleted. */
  public static void closeBeforeDeletion(AutoCloseable writer) {
    WRITERS.addFirst(writer);
  }

  /** For what is closed already. */
  static void forget(AutoCloseable writer) {
    WRITERS.remove(writer);
  }

  private static void end(Path folder) {
    LogManager.shutdown(); // what still runs would complain that its files are gone
    Thread closing = new Thread(() -> WRITERS.forEach(IOUtils::closeQuietly), "close");
    closing.setDaemon(true);
    closing.start();
    try {
      closing.join(CLOSE_MILLIS);
      // Ctrl-C stops no thread, so a file may come back while the others are deleted
      for (long start = System.nanoTime(); Files.exists(folder); Thread.sleep(RETRY_MILLIS)) {
        FileUtils.deleteDirectoryQuietly(folder.toFile());
        if (System.nanoTime() - start > DELETE_NANOS) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
