package dev.weir.dashboard;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import org.awaitility.Awaitility;
import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptException;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * Debian's Chromium, without a window, one for the tests of a JVM. Without it, the tests that need
 * it are skipped, unless {@code -Dbrowser=required}.
 */
public final class Chromium implements AutoCloseable {

  private static final Path BROWSER = Path.of("/usr/bin/chromium");
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

  private static Chromium shared;

  private final ChromeDriver driver;

  private Chromium(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Starts it for the first test that asks; it ends with the JVM. */
  public static synchronized Chromium shared() {
    if (shared == null) {
      shared = start();
      Runtime.getRuntime().addShutdownHook(new Thread(shared.driver::quit, "browser"));
    }
    return shared;
  }

  private static Chromium start() {
    boolean there = Files.isExecutable(BROWSER) && Files.isExecutable(DRIVER);
    if (!"required".equals(System.getProperty("browser"))) {
      assumeTrue(there, "no Chromium here: apt-get install chromium chromium-driver");
    }
    ChromeOptions options = new ChromeOptions();
    options.setBinary(BROWSER.toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox", // of no use to root, who runs the tests in a container
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-extensions",
        "--disable-gpu",
        // one renderer for all pages: each that starts takes half a second of a core
        "--renderer-process-limit=1",
        "--disable-site-isolation-trials",
        "--disable-features=BackForwardCache,PaintHolding,SpareRendererForSitePerProcess",
        "--hide-scrollbars",
        "--window-size=1440,900");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(new File(DRIVER.toString()))
            .withSilent(true)
            .build();
    return new Chromium(new ChromeDriver(service, options));
  }

  /** A screen of so many pixels, of a phone (touch, its own viewport rules) or not. */
  void screen(int width, int height, boolean phone) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", phone));
  }

  /** Where the reader is, such as Europe/Berlin, for pages that are opened from now on. */
  void zone(String id) {
    driver.executeCdpCommand("Emulation.setTimezoneOverride", Map.of("timezoneId", id));
  }

  void scheme(String lightOrDark) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", lightOrDark))));
  }

  /** Opens an address again, also if only the part after its # differs. */
  public void open(URI address) {
    leave();
    driver.get(address.toString());
  }

  /** Leaves the page, so that it does not miss a server that ends. */
  void leave() {
    driver.get("about:blank");
  }

  @SuppressWarnings("unchecked")
  public <T> T js(String script, Object... arguments) {
    return (T) driver.executeScript(script, arguments);
  }

  WebElement find(String css) {
    return driver.findElement(By.cssSelector(css));
  }

  public String text(String css) {
    return js("return document.querySelector(arguments[0])?.textContent ?? null", css);
  }

  /**
   * An attribute {@code data-NAME}, or null; percent-encoded on its way, which some do not survive.
   */
  String data(String css, String name) {
    String encoded =
        js(
            """
            const value = document.querySelector(arguments[0])?.dataset[arguments[1]];
            return value === undefined ? null : encodeURIComponent(value);
            """,
            css,
            name);
    return encoded == null
        ? null
        : URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  String title() {
    return driver.getTitle();
  }

  void press(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  /** Presses Tab until the focus is on a match, as somebody without a pointer does. */
  void tabTo(String css) {
    for (int i = 0; i < 40; i++) {
      if (js("return document.activeElement.matches(arguments[0])", css)) {
        return;
      }
      press(Keys.TAB);
    }
    throw new AssertionError("40 tabs do not lead to " + css);
  }

  void drag(WebElement element, int fromX, int toX) {
    new Actions(driver)
        .moveToElement(element, fromX, 0)
        .clickAndHold()
        .moveToElement(element, toX, 0)
        .release()
        .perform();
  }

  public void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what)
        .pollInterval(Duration.ofMillis(50))
        .ignoreExceptionsMatching( // what is waited for may not be there yet, or be replaced
            e ->
                e instanceof NoSuchElementException
                    || e instanceof NullPointerException // of a text
                    || e instanceof StaleElementReferenceException
                    || e instanceof JavascriptException)
        .until(condition);
  }

  /** Pixels of a canvas that are close to a colour of the style sheet, over that of panels. */
  long pixels(String canvas, String colour) {
    return js(
        """
        const probe = document.createElement("i");
        document.body.append(probe);
        const parts = name => {
          probe.style.color = `var(--${name})`;
          return getComputedStyle(probe).color.match(/[\\d.]+/g).map(Number);
        };
        const under = parts("surface");
        const [red, green, blue, alpha = 1] = parts(arguments[1]);
        const [r, g, b] = [red, green, blue].map((part, i) => part * alpha + under[i] * (1 - alpha));
        probe.remove();
        const canvas = document.querySelector(arguments[0]);
        const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        let found = 0;
        for (let i = 0; i < data.length; i += 4) {
          if (data[i + 3] > 200 && Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) < 24) {
            found++;
          }
        }
        return found;
        """,
        canvas,
        colour);
  }

  /** What axe-core says against the page, serious or worse: a rule and the elements. */
  List<String> accessibilityProblems() throws IOException {
    try (InputStream script = Chromium.class.getResourceAsStream("/axe.min.js")) {
      driver.executeScript(new String(script.readAllBytes(), StandardCharsets.UTF_8));
    }
    @SuppressWarnings("unchecked")
    List<String> problems =
        (List<String>)
            driver.executeAsyncScript(
                """
                const done = arguments[arguments.length - 1];
                axe.run({resultTypes: ["violations"], preload: false}).then(({violations}) => done(violations
                  .filter(one => one.impact === "serious" || one.impact === "critical")
                  .map(one => one.id + ": " + one.nodes.map(node => node.html).join(" | "))));
                """);
    return problems;
  }

  /**
   * What the console says that is no mere information, since this was last asked: errors that no
   * code caught, rejected promises, and files or answers that did not come.
   */
  List<String> consoleProblems() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .filter(entry -> entry.getLevel() == Level.SEVERE || !isOfPixels(entry))
        .map(LogEntry::getMessage)
        .toList();
  }

  /** A warning about how often this class reads a canvas. */
  private static boolean isOfPixels(LogEntry entry) {
    return entry.getMessage().contains("getImageData");
  }

  /** Leaves the page and forgets what its console says. */
  @Override
  public void close() {
    leave();
    consoleProblems();
  }
}
