package dev.weir.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The TCP sockets that a process and its children listen on, as Linux tells them. */
final class ListeningSockets {

  private static final String LISTEN = "0A";

  private ListeningSockets() {}

  /** Addresses without their ports; empty once the process has ended. */
  static Set<InetAddress> of(long pid) throws IOException {
    Assumptions.assumeTrue(Files.exists(Path.of("/proc/net/tcp")), "not on Linux");
    Set<InetAddress> addresses = new HashSet<>();
    List<Long> pids =
        Stream.concat(
                Stream.of(pid),
                ProcessHandle.of(pid).stream()
                    .flatMap(ProcessHandle::descendants)
                    .map(ProcessHandle::pid))
            .toList();
    for (long each : pids) {
      Set<String> inodes = inodes(each);
      for (String table : List.of("tcp", "tcp6")) {
        for (String line : lines(Path.of("/proc", Long.toString(each), "net", table))) {
          // sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout
          // inode
          String[] fields = line.strip().split("\\s+");
          if (fields[3].equals(LISTEN) && inodes.contains(fields[9])) {
            addresses.add(address(fields[1].split(":")[0]));
          }
        }
      }
    }
    return addresses;
  }

  private static Set<String> inodes(long pid) throws IOException {
    Set<String> inodes = new TreeSet<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
      for (Path file : files) {
        try {
          String target = Files.readSymbolicLink(file).toString();
          if (target.startsWith("socket:[")) {
            inodes.add(target.substring(8, target.length() - 1));
          }
        } catch (NoSuchFileException e) {
          // closed meanwhile
        }
      }
    } catch (NoSuchFileException e) {
      // the process has ended
    }
    return inodes;
  }

  private static List<String> lines(Path table) {
    try {
      return Files.readAllLines(table).stream().skip(1).toList();
    } catch (IOException e) {
      return List.of(); // the process has ended
    }
  }

  /** From words of four bytes, each in the order of this machine, which is little-endian. */
  private static InetAddress address(String hex) throws IOException {
    byte[] given = HexFormat.of().parseHex(hex);
    byte[] address = new byte[given.length];
    for (int i = 0; i < given.length; i++) {
      address[i] = given[(i & ~3) + 3 - (i & 3)];
    }
    return InetAddress.getByAddress(address);
  }
}
