package io.tapekeeper.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ./tapekeeper} itself, in a checkout of its own: the script, one source and a {@code mvn} that hands out the
 * jars of this build.
 */
@Timeout(300)
class LauncherTest {
    private static final int JDK = Runtime.version().feature();
    private static final int FIRST_WITH_CACHES = 25;

    @TempDir
    Path folder;

    private Path home;
    private Path source;
    private Path javaHome = Path.of(System.getProperty("java.home"));

    @BeforeEach
    void checkOut() throws Exception {
        home = Files.createDirectory(folder.resolve("check out")); // a name with a space
        Path checkout = Path.of(System.getProperty("tapekeeper.home"));
        copy(checkout.resolve("tapekeeper"), home.resolve("tapekeeper"));
        Files.createDirectory(home.resolve("scripts"));
        for (String name : List.of("find-jdk.sh", "NewerClasses.java")) {
            copy(
                    checkout.resolve("scripts").resolve(name),
                    home.resolve("scripts").resolve(name));
        }
        Files.writeString(home.resolve("pom.xml"), "<project/>");
        for (String module : List.of("core", "venues", "store", "exchange", "recorder", "dashboard", "app")) {
            Files.createDirectory(home.resolve(module));
        }
        source = Files.writeString(home.resolve("core").resolve("Trade.java"), "class Trade {}");
        Files.createDirectory(folder.resolve("bin"));
        script(
                folder.resolve("bin/mvn"),
                "mkdir -p app/target && rm -rf app/target/lib",
                "cp -r '" + System.getProperty("tapekeeper.lib") + "' app/target/lib");
        script(folder.resolve("bin/node"), "echo v22.0.0");
        script(folder.resolve("bin/npm"), "exit 0");
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
    }

    private static void script(Path file, String... lines) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private record Said(int code, String out, String err) {}

    private Said tapekeeper(String... words) throws Exception {
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        ProcessBuilder builder = new ProcessBuilder(
                        Stream.concat(Stream.of(home.resolve("tapekeeper").toString()), Stream.of(words))
                                .toList())
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("JAVA_HOME", javaHome.toString());
        builder.environment().merge("PATH", folder.resolve("bin").toString(), (old, bin) -> bin + ":" + old);
        builder.environment().remove("TAPEKEEPER_JAVA_OPTS");
        Process process = builder.start();
        assertTrue(process.waitFor(4, TimeUnit.MINUTES), "it does not end");
        return new Said(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private Path jars() throws IOException {
        Path builds = home.resolve("app/target/run");
        return builds.resolve(Files.readString(builds.resolve("current")));
    }

    private static void assertIsVersion(Said said) {
        assertEquals(0, said.code(), said.err());
        assertTrue(said.out().startsWith("tapekeeper "), said.out());
    }

    @Test
    void buildsOnceRehearsesAndLaterStartsSayNothing() throws Exception {
        Said first = tapekeeper("--version");
        assertIsVersion(first);
        assertTrue(first.err().contains("building"), first.err());
        assertFalse(first.err().contains("failed"), first.err());
        assertTrue(Files.exists(jars().resolve(System.mapLibraryName("sqlitejdbc"))));
        assertFalse(Files.exists(jars().resolve("rehearsal")), "the stage is left behind");
        assertEquals(JDK >= FIRST_WITH_CACHES, Files.exists(jars().resolve("start.aot")));
        Said second = tapekeeper("--version");
        assertIsVersion(second);
        assertEquals("", second.err());
    }

    @Test
    void theCacheIsTakenAndADamagedOrForeignOneIsPassedOverWithoutAWord() throws Exception {
        assumeTrue(JDK >= FIRST_WITH_CACHES, "skipped: JDK " + JDK + " makes no cache");
        assertIsVersion(tapekeeper("--version"));
        Path cache = jars().resolve("start.aot");
        Path loaded = folder.resolve("loaded.txt");
        assertTrue(mainComesFromTheCache(loaded));
        byte[] whole = Files.readAllBytes(cache);
        byte[] changed = whole.clone();
        for (int at = 0; at < 4_096; at++) {
            changed[at] ^= 0x55;
        }
        for (byte[] bad : List.of(new byte[0], Arrays.copyOf(whole, 100_000), changed)) {
            Files.write(cache, bad);
            Said said = tapekeeper("--version");
            assertIsVersion(said);
            assertEquals("", said.err());
        }
        Files.delete(cache);
        assertEquals("", tapekeeper("--version").err());
    }

    private boolean mainComesFromTheCache(Path list) throws Exception {
        Path wrapped = wrappedJdk("-Xlog:class+load:file=" + list);
        Path real = javaHome;
        javaHome = wrapped;
        assertIsVersion(tapekeeper("--version"));
        javaHome = real;
        try (Stream<String> lines = Files.lines(list)) {
            return lines.anyMatch(
                    line -> line.contains("io.tapekeeper.app.Main ") && line.contains("shared objects file"));
        }
    }

    /** A JDK folder whose java adds a word and notes down what it was asked. */
    private Path wrappedJdk(String more) throws IOException {
        Path jdk = Files.createDirectories(folder.resolve("jdk"));
        Files.createDirectories(jdk.resolve("bin"));
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"%d.0.1\"\n".formatted(JDK));
        script(
                jdk.resolve("bin/java"),
                "echo \"$@\" >>'" + folder.resolve("asked.txt") + "'",
                "exec '" + javaHome.resolve("bin/java") + "' " + more + " \"$@\"");
        script(jdk.resolve("bin/javac"), "exit 1");
        return jdk;
    }

    @Test
    void anOlderJdkIsAskedForNoCacheAndStartsAllTheSame() throws Exception {
        javaHome = wrappedJdk("");
        Files.writeString(javaHome.resolve("release"), "JAVA_VERSION=\"21.0.9\"\n");
        assertIsVersion(tapekeeper("--version"));
        String asked = Files.readString(folder.resolve("asked.txt"));
        assertFalse(asked.contains("AOT"), asked);
        assertFalse(asked.contains("NewerClasses"), asked);
        assertFalse(asked.contains("sun-misc-unsafe"), asked);
        assertTrue(Files.exists(jars().resolve(System.mapLibraryName("sqlitejdbc"))));
        assertFalse(Files.exists(jars().resolve("start.aot")));
    }

    @Test
    void aSourceThatChangedCameOrWentMeansANewBuild() throws Exception {
        javaHome = wrappedJdk(""); // as an older JDK, for whose builds no cache is made
        Files.writeString(javaHome.resolve("release"), "JAVA_VERSION=\"21.0.9\"\n");
        assertIsVersion(tapekeeper("--version"));
        assertBuilds(false);
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));
        assertBuilds(true);
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().minusSeconds(5)));
        Path other = home.resolve("core/Quote.java");
        Files.writeString(other, "class Quote {}");
        Files.setLastModifiedTime(other, FileTime.from(Instant.EPOCH)); // as unpacked from a tar
        assertBuilds(true);
        assertBuilds(false);
        Files.delete(other);
        assertBuilds(true);
        Files.createDirectories(home.resolve("core/target"));
        Files.writeString(home.resolve("core/target/Made.java"), "class Made {}");
        assertBuilds(false);
    }

    private void assertBuilds(boolean expected) throws Exception {
        Path before = jars();
        Said said = tapekeeper("--version");
        assertIsVersion(said);
        assertEquals(expected, said.err().contains("building"), said.err());
        if (expected) {
            assertNotEquals(before, jars());
        }
    }

    @Test
    void startsThroughALinkAndFromAnyFolder() throws Exception {
        javaHome = wrappedJdk("");
        Files.writeString(javaHome.resolve("release"), "JAVA_VERSION=\"21.0.9\"\n");
        assertIsVersion(tapekeeper("--version"));
        Path link = Files.createSymbolicLink(folder.resolve("tk"), home.resolve("tapekeeper"));
        for (List<String> words : List.of(List.of(link.toString()), List.of("bash", "tapekeeper"))) {
            ProcessBuilder builder = new ProcessBuilder(Stream.concat(words.stream(), Stream.of("--version"))
                            .toList())
                    .directory(home.toFile())
                    .redirectErrorStream(true);
            builder.environment().put("JAVA_HOME", javaHome.toString());
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertEquals(0, process.waitFor(), output);
            assertTrue(output.startsWith("tapekeeper "), output);
        }
    }
}
