package dev.weir.cli.dashboard;

import java.awt.Desktop;
import java.io.IOException;
import java.net.URI;

/** The person's browser, where there is one. */
public final class Browser {

  private Browser() {}

  /** Opens a page if it can; the caller has already printed the address. */
  public static void open(URI page) {
    try {
      if (Desktop.isDesktopSupported() && Desktop.getDesktop().isSupported(Desktop.Action.BROWSE)) {
        Desktop.getDesktop().browse(page);
      }
    } catch (IOException | RuntimeException e) {
      System.err.println("weir: no browser could be opened; open the address above by hand");
    }
  }
}
