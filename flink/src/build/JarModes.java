import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Gives all entries of jars the same file modes: {@code JarModes FOLDER NAME-VERSION}. Maven's
 * plugins write the modes of the files that they pack, so that a jar would depend on the umask of
 * its build. Changes the central directory of {@code NAME-VERSION.jar} and {@code
 * NAME-VERSION-*.jar} in place, and nothing else.
 */
final class JarModes {

  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_LENGTH = 22;
  private static final int ENTRY_SIGNATURE = 0x02014b50;
  private static final int ENTRY_LENGTH = 46;
  private static final int MADE_BY_UNIX = 3;
  private static final int FOLDER = 0040755 << 16 | 0x10; // the last bit is MS-DOS's for a folder
  private static final int FILE = 0100644 << 16;

  private JarModes() {}

  public static void main(String[] args) throws IOException {
    String names = args[1] + "{,-*}.jar";
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of(args[0]), names)) {
      for (Path jar : jars) {
        byte[] bytes = Files.readAllBytes(jar);
        if (setModes(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), jar)) {
          Files.write(jar, bytes);
        }
      }
    }
  }

  private static boolean setModes(ByteBuffer zip, Path jar) throws IOException {
    int end = zip.limit() - END_LENGTH; // Maven's jars have no comment
    if (end < 0 || zip.getInt(end) != END_SIGNATURE) {
      throw new IOException(jar + ": expected a zip file without a comment, got another file");
    }
    boolean changed = false;
    int entry = zip.getInt(end + 16);
    for (int i = Short.toUnsignedInt(zip.getShort(end + 10)); i > 0; i--) {
      if (zip.getInt(entry) != ENTRY_SIGNATURE) {
        throw new IOException(
            jar + ": expected an entry at byte " + entry + ", got something else");
      }
      int nameLength = Short.toUnsignedInt(zip.getShort(entry + 28));
      boolean folder = zip.get(entry + ENTRY_LENGTH + nameLength - 1) == '/';
      int mode = folder ? FOLDER : FILE;
      if (zip.get(entry + 5) == MADE_BY_UNIX && zip.getInt(entry + 38) != mode) {
        zip.putInt(entry + 38, mode);
        changed = true;
      }
      entry +=
          ENTRY_LENGTH
              + nameLength
              + Short.toUnsignedInt(zip.getShort(entry + 30))
              + Short.toUnsignedInt(zip.getShort(entry + 32));
    }
    return changed;
  }
}
