package dev.weir.kafka;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of this machine that no other machine can have, as addresses and Host headers write them.
 */
public final class LoopbackHost {

  private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final Pattern NAME =
      Pattern.compile(
          "(?i)(localhost|127(\\."
              + OCTET
              + "){3}|\\[(::|(0{1,4}:){7})0{0,3}1])(:(?<port>\\d{1,5}))?");
  private static final int MAX_PORT = 65_535;

  private LoopbackHost() {}

  /** Whether the text is such a name, with any port or none; no name is looked up. */
  public static boolean matches(String text) {
    Matcher name = NAME.matcher(text);
    return name.matches()
        && (name.group("port") == null || Integer.parseInt(name.group("port")) <= MAX_PORT);
  }
}
