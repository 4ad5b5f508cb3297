package io.tapekeeper.endtoend;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A real Chromium, found on the path. */
final class Browser implements AutoCloseable {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");

    private final List<String> errors = new ArrayList<>();
    private final Playwright playwright;
    private final com.microsoft.playwright.Browser browser;

    private Browser(Playwright playwright, com.microsoft.playwright.Browser browser) {
        this.playwright = playwright;
        this.browser = browser;
    }

    /** Starts it; the test is skipped, with a message, where there is none. */
    static Browser start() {
        Optional<Path> chromium = find();
        assumeTrue(chromium.isPresent(), "skipped: no Chromium on the path; install chromium");
        Playwright playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        com.microsoft.playwright.Browser browser = playwright
                .chromium()
                .launch(new com.microsoft.playwright.BrowserType.LaunchOptions()
                        .setExecutablePath(chromium.get())
                        .setHeadless(true)
                        .setArgs(List.of(
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-quic",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync")));
        return new Browser(playwright, browser);
    }

    private static Optional<Path> find() {
        return Stream.of(System.getenv("PATH").split(java.io.File.pathSeparator))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    Page open(String address, int width, int height, ColorScheme scheme) {
        Page page = browser.newPage(new com.microsoft.playwright.Browser.NewPageOptions()
                .setViewportSize(width, height)
                .setColorScheme(scheme));
        page.onPageError(errors::add);
        page.navigate(address);
        return page;
    }

    /** What went wrong inside pages since the last call. */
    List<String> errors() {
        List<String> since = List.copyOf(errors);
        errors.clear();
        return since;
    }

    /** Keeps a picture of the page in target/screenshots, or where the build was asked to. */
    static void picture(Page page, String name) throws IOException {
        String wanted = System.getProperty("tapekeeper.screenshots", "");
        Path folder = wanted.endsWith("/") || wanted.isEmpty() ? Path.of("target", "screenshots") : Path.of(wanted);
        Files.createDirectories(folder);
        page.screenshot(new Page.ScreenshotOptions().setPath(folder.resolve(name)));
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
