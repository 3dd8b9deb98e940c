package dev.weir.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Mode;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Any bytes as a request. Each case follows from the seed and its number. A server that fails
 * answers 500, or nothing at all; one that is well closes the connection or answers anything else.
 */
@Tag("fuzz")
class RequestFuzzTest {

  private static final long SEED = 20261126;
  private static final int CASES = Integer.getInteger("fuzz.cases", 1_000);
  private static final Pattern STATUS = Pattern.compile("^HTTP/1\\.1 (\\d{3})");

  private static final List<String> PATHS =
      List.of(
          """
          / /api/job /api/alarms /api/series /api/series/history /api/events
          /uplot/uPlot.min.css /index.html /api/ // /%2e%2e/%2e%2e/etc/passwd /..;/..;/x
          /api/series;a=b /%00 /api\\series * http://localhost/api/job
          /META-INF/MANIFEST.MF /dev/weir/cli/Weir.class\
          """
              .split("\\s"));

  private static final List<String> SERVED = PATHS.subList(0, 7);

  private static final List<String> NAMES =
      List.of("series", "search", "sort", "status", "limit", "state", "severity");

  private static final List<String> VALUES =
      List.of(
          """
          pump %70ump worst name OK 1 0 -1 200 9223372036854775807 -9223372036854775808
          1e9 NaN % %ff %00 %c3%28 %u0041 <script> '" ..%2f..%2f %0d%0aX:%20y
          """
              .split("\\s", -1));

  private static final List<String> HEADERS =
      List.of(
          "Host: localhost",
          "Host: evil.example",
          "Host: localhost:99999999",
          "Host: ",
          "Accept: text/event-stream",
          "Accept-Encoding: gzip, br, identity;q=0",
          "Range: bytes=0-1,5-,-9999999999",
          "If-None-Match: *",
          "If-Modified-Since: never",
          "Last-Event-ID: 99999999999999999999",
          "Cookie: a=\"; a=b; $Version=1",
          "Authorization: Bearer ",
          "Content-Length: -1",
          "Content-Length: 99999999999",
          "Transfer-Encoding: chunked",
          "Expect: 100-continue",
          "Upgrade: websocket\r\n"
              + "Connection: Upgrade\r\n"
              + "Sec-WebSocket-Key: x\r\n"
              + "Sec-WebSocket-Version: 13",
          "X: \u0000\u0001\u00ff",
          "X");

  private static <T> T one(List<T> of, SplittableRandom random) {
    return of.get(random.nextInt(of.size()));
  }

  private static String request(SplittableRandom random) {
    StringBuilder request = new StringBuilder();
    String[] methods = {"HEAD", "POST", "OPTIONS", "get", "\u0000", ""};
    request.append(random.nextInt(4) > 0 ? "GET" : methods[random.nextInt(methods.length)]);
    request.append(' ').append(one(random.nextBoolean() ? SERVED : PATHS, random));
    for (int i = random.nextInt(4); i > 0; i--) {
      request.append(request.indexOf("?") < 0 ? '?' : random.nextInt(8) == 0 ? ';' : '&');
      request.append(one(NAMES, random));
      if (random.nextInt(8) > 0) {
        request.append('=').append(one(VALUES, random));
      }
    }
    String[] versions = {" HTTP/1.0", " HTTP/9.9", " HTTP/2.0", ""};
    request.append(random.nextInt(4) > 0 ? " HTTP/1.1" : versions[random.nextInt(4)]);
    request.append("\r\n");
    if (random.nextInt(8) > 0) {
      request.append("Host: localhost\r\n");
    }
    for (int i = Math.max(0, random.nextInt(6) - 2); i > 0; i--) {
      request.append(one(HEADERS, random)).append("\r\n");
    }
    request.append("Connection: close\r\n\r\n");
    for (int i = random.nextInt(4) == 0 ? 1 + random.nextInt(4) : 0; i > 0; i--) { // damage
      int at = random.nextInt(request.length());
      switch (random.nextInt(4)) {
        case 0 -> request.setCharAt(at, (char) random.nextInt(256));
        case 1 -> request.deleteCharAt(at);
        case 2 -> request.insert(at, (char) random.nextInt(256));
        default -> request.insert(at, "x".repeat(random.nextInt(20_000)));
      }
    }
    return request.toString();
  }

  /** The status of the first answer; 0 when the server answered nothing. */
  private static int give(ServedPage page, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), page.port())) {
      socket.setSoTimeout(120_000);
      try {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        socket.shutdownOutput();
        InputStream in = socket.getInputStream();
        byte[] head = in.readNBytes("HTTP/1.1 200".length());
        Matcher status = STATUS.matcher(new String(head, StandardCharsets.ISO_8859_1));
        return status.find() ? Integer.parseInt(status.group(1)) : 0;
      } catch (java.net.SocketTimeoutException e) {
        throw new AssertionError("expected an answer or an end within 2 min, got neither", e);
      } catch (IOException e) {
        return 0; // closed on us
      }
    }
  }

  @Test
  void anyRequestIsAnsweredOrHungUpOnAndTheServerLivesOn() throws Exception {
    SplittableRandom seeds = new SplittableRandom(SEED);
    int answered = 0;
    int refused = 0;
    int dropped = 0;
    try (ServedPage page = ServedPage.withAlarms()) {
      page.take(
          List.of(
              Records.record(Records.observation("pump", 1_000, 1)),
              Records.record(Records.forecast("pump", Mode.MANY_TO_ONE, 1_000, "demand", 1))));
      for (int i = 0; i < CASES; i++) {
        String request = request(seeds.split());
        int status = give(page, request);
        if (status >= 500 && status != 503 && status != 505 && status != 501) {
          throw new AssertionError(
              "case %d of seed %d: got status %d for%n%s".formatted(i, SEED, status, request));
        }
        if (status == 0) {
          dropped++;
        } else if (status < 400) {
          answered++;
        } else {
          refused++;
        }
        if (i % 100 == 0) {
          assertThat(page.get("/api/job").statusCode()).as("after case %d", i).isEqualTo(200);
        }
      }
      assertThat(page.json("/api/series").path("total").intValue()).isEqualTo(1);
    }
    System.out.printf(
        "RequestFuzzTest: %d cases of seed %d, %d answered, %d refused, %d hung up%n",
        CASES, SEED, answered, refused, dropped);
    assertThat(answered).isGreaterThan(CASES / 8);
    assertThat(refused).isGreaterThan(CASES / 20);
    assertThat(dropped).isLessThan(CASES / 5);
  }
}
