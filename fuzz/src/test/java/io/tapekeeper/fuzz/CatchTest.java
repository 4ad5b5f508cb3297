package io.tapekeeper.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.tree.CatchTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.StatementTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.UnionTypeTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/**
 * What a decoder does not expect must be seen, by the fuzzer and by us: nothing in or around one catches all there is,
 * unless to throw it on.
 */
class CatchTest {
    private static final List<String> MODULES =
            List.of("core", "venues", "store", "recorder", "exchange", "dashboard", "app");
    private static final Set<String> TOO_WIDE = Set.of("RuntimeException", "Exception", "Throwable", "Error");

    @Test
    void nothingInOrAroundADecoderCatchesAllThereIs() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : MODULES) {
            Path root = Path.of(System.getProperty("tapekeeper.sources"), module, "src", "main", "java");
            try (Stream<Path> files = Files.walk(root)) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
            }
        }
        assertTrue(sources.size() > 100, "not the sources: " + sources);
        try (StandardJavaFileManager files =
                ToolProvider.getSystemJavaCompiler().getStandardFileManager(null, null, null)) {
            assertEquals(List.of(), tooWide(files.getJavaFileObjectsFromPaths(sources)));
        }
    }

    @Test
    void whatIsThrownOnIsNotCaught() throws IOException {
        assertEquals(
                1, tooWide("} catch (java.lang.RuntimeException e) { return; }").size());
        assertEquals(
                1,
                tooWide("} catch (java.io.IOException | Throwable e) { f(e); }").size());
        assertEquals(
                0, tooWide("} catch (RuntimeException e) { f(); throw e; }").size());
        assertEquals(0, tooWide("} catch (NumberFormatException e) { return; }").size());
    }

    private static List<String> tooWide(String end) throws IOException {
        String source = "class A { void a() { try { f(); " + end + " } }";
        return tooWide(List.of(new SimpleJavaFileObject(URI.create("string:///A.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreErrors) {
                return source;
            }
        }));
    }

    private static List<String> tooWide(Iterable<? extends JavaFileObject> sources) throws IOException {
        JavacTask task =
                (JavacTask) ToolProvider.getSystemJavaCompiler().getTask(null, null, null, null, null, sources);
        List<String> found = new ArrayList<>();
        for (CompilationUnitTree unit : task.parse()) {
            new TreeScanner<Void, Void>() {
                @Override
                public Void visitCatch(CatchTree caught, Void unused) {
                    if (isTooWide(caught.getParameter().getType()) && !isThrownOn(caught)) {
                        found.add(unit.getSourceFile().getName() + ": " + caught);
                    }
                    return super.visitCatch(caught, null);
                }
            }.scan(unit, null);
        }
        return found;
    }

    private static boolean isTooWide(Tree type) {
        return type instanceof UnionTypeTree union
                ? union.getTypeAlternatives().stream().anyMatch(CatchTest::isTooWide)
                : TOO_WIDE.contains(type.toString().replaceFirst(".*\\.", ""));
    }

    private static boolean isThrownOn(CatchTree caught) {
        List<? extends StatementTree> statements = caught.getBlock().getStatements();
        String throwOn = "throw " + caught.getParameter().getName() + ";";
        return !statements.isEmpty() && statements.getLast().toString().equals(throwOn);
    }
}
