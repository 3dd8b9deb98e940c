package dev.weir.dashboard.http;

import dev.weir.kafka.LoopbackHost;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Rejects requests that are not allowed, and sets the security headers. Runs before every handler.
 *
 * <p>On loopback without a token only requests to a name of this machine are answered, so that a
 * foreign page cannot make a browser send requests under its own name (DNS rebinding). With a token
 * each request must carry it: as a cookie, which {@code ?token=} sets once, or as {@code
 * Authorization: Bearer}. Nothing is allowed to other origins: the one request that writes must say
 * by its {@code Origin} that it comes from the page, and a form of another page can't send its
 * JSON.
 */
public final class AccessFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  private static final String COOKIE = "weir-token-"; // and the port
  private static final String PARAMETER = "token";
  private static final int RANDOM_BYTES = 24;
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~-]{16,256}");

  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self';"
          + " connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'";

  private final String token; // null: none is asked for

  /**
   * @param token null for none, on loopback only
   */
  AccessFilter(String token) {
    if (token != null && !TOKEN.matcher(token).matches()) {
      throw new IllegalArgumentException(
          "token: expected 16 to 256 letters, digits or any of . _ ~ -, got %d characters"
              .formatted(token.length()));
    }
    this.token = token;
  }

  public static String randomToken() {
    byte[] bytes = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    headers(response);
    String method = request.getMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      response.setHeader("Allow", "GET, HEAD");
      refuse(response, 405, "method: expected GET or HEAD, got another one");
    } else if (token == null) {
      List<String> hosts = Collections.list(request.getHeaders("Host"));
      if (hosts.size() != 1 || !LoopbackHost.matches(hosts.get(0))) { // any port: a tunnel's
        refuse(
            response,
            403,
            "host: expected localhost or 127.0.0.1, got another name; serve the page with --bind"
                + " and a token to reach it under that one");
      } else {
        chain.doFilter(request, response);
      }
    } else if (isKnown(request)) {
      chain.doFilter(request, response);
    } else {
      String given = parameter(request.getQueryString());
      if (given != null && isToken(given)) {
        Cookie cookie = new Cookie(cookieName(request), token);
        cookie.setHttpOnly(true);
        cookie.setPath("/");
        // a link from elsewhere opens the page, but nothing that writes is sent from there
        cookie.setAttribute("SameSite", "Lax");
        response.addCookie(cookie);
        response.setStatus(303); // the token is not to stay in the address
        response.setHeader("Location", "/");
      } else {
        response.setHeader("WWW-Authenticate", "Bearer");
        refuse(
            response,
            401,
            "token: expected the one that weir dashboard printed, got %s; open /?token=TOKEN once, or send Authorization: Bearer TOKEN"
                .formatted(given == null ? "none" : "another one"));
      }
    }
  }

  static void headers(HttpServletResponse response) {
    response.setHeader("Content-Security-Policy", POLICY);
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("X-Frame-Options", "DENY");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cache-Control", "no-store");
  }

  private static void refuse(HttpServletResponse response, int status, String message)
      throws IOException {
    response.setStatus(status);
    response.setContentType("application/json; charset=utf-8");
    response.getOutputStream().write(PageJson.error(message));
  }

  private boolean isKnown(HttpServletRequest request) {
    String authorization = request.getHeader("Authorization");
    if (authorization != null
        && authorization.regionMatches(true, 0, "Bearer ", 0, 7)
        && isToken(authorization.substring(7).strip())) {
      return true;
    }
    Cookie[] cookies = request.getCookies();
    if (cookies != null) {
      String name = cookieName(request);
      for (Cookie cookie : cookies) {
        if (cookie.getName().equals(name) && isToken(cookie.getValue())) {
          return true;
        }
      }
    }
    return false;
  }

  /** Browsers keep a cookie for all ports of a host, where other pages may have other tokens. */
  private static String cookieName(HttpServletRequest request) {
    return COOKIE + request.getServerPort(); // as the browser sees it, behind a tunnel too
  }

  /** Compares in constant time. */
  private boolean isToken(String given) {
    return MessageDigest.isEqual(digest(given), digest(token));
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The token in a query string, or null; what is no query string has none. */
  private static String parameter(String query) {
    if (query == null) {
      return null;
    }
    for (String part : query.split("&")) {
      if (part.startsWith(PARAMETER + "=")) {
        try {
          return URLDecoder.decode(part.substring(PARAMETER.length() + 1), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
          return "";
        }
      }
    }
    return null;
  }
}
